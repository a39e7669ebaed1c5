package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	var (
		module  = flag.String("module", "", "the `path` of the root module")
		version = flag.String("version", "", "the `version` of all modules, such as v0.1.0")
		out     = flag.String("out", "", "the `folder` to write to; it must be empty or not exist")
		checks  = flag.Bool("check", false, "publish to a temporary GOPROXY and use the modules from there")
	)
	flag.Parse()
	err := errors.New("want -module, -version and -out, or -check: see go doc ./internal/release")
	switch {
	case flag.NArg() > 0:
	case *checks:
		err = check(".")
	case *module != "" && *version != "" && *out != "":
		err = release(".", *module, *version, *out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release writes a release of the tree at root, and prints its tags.
func release(root, module, version, out string) error {
	changed, err := output(root, "git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if changed != "" {
		return errors.New("the working tree has changes: commit them first, so that the release is what git has")
	}
	t, err := write(root, module, version, out, false)
	if err != nil {
		return err
	}
	for _, m := range t.modules {
		fmt.Println(m.tag(version))
	}
	return nil
}

// A tree is a tree of modules that was released.
type tree struct {
	dir     string
	modules []*module // those published, each after those that it requires
}

// write writes the files of root to out, as they are to be published. If untracked is set,
// files that git does not know yet are among them.
func write(root, path, version, out string, untracked bool) (*tree, error) {
	if err := validate(path, version); err != nil {
		return nil, err
	}
	if entries, err := os.ReadDir(out); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty", out)
	}
	files, err := tracked(root, untracked)
	if err != nil {
		return nil, err
	}
	all, err := findModules(root, files)
	if err != nil {
		return nil, err
	}
	r := newRewriting(all[0].path, path, version)
	for _, m := range all {
		m.newPath = path + strings.TrimPrefix(m.path, r.from)
	}
	for _, f := range files {
		if err := r.file(root, out, f, all); err != nil {
			return nil, err
		}
	}
	t := &tree{dir: out}
	if t.modules, err = inOrder(all); err != nil {
		return nil, err
	}
	sums := map[string]string{} // lines of go.sum, by module path
	for _, m := range t.modules {
		if err := m.finish(out, version, sums); err != nil {
			return nil, fmt.Errorf("%s: %w", m.newPath, err)
		}
	}
	return t, nil
}

// preRE matches an identifier of a pre-release: a number has no zero before it. See Semantic
// Versioning 2.0.0, item 9.
const preRE = `(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`

// The go command takes no other paths and versions: see go help modules.
var (
	pathRE    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)+(/[a-zA-Z0-9_~-]+(\.+[a-zA-Z0-9_~-]+)*)+$`)
	versionRE = regexp.MustCompile(`^v[01]\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-` + preRE + `(\.` + preRE + `)*)?$`)
	majorRE   = regexp.MustCompile(`/v[0-9]+$`)
)

// validate checks what the owner gave.
func validate(path, version string) error {
	switch {
	case !pathRE.MatchString(path) || majorRE.MatchString(path):
		return fmt.Errorf("module path %q: want one such as example.org/you/uacookie, whose first element has a dot, without a major version", path)
	case !versionRE.MatchString(version):
		return fmt.Errorf("version %q: want one such as v0.1.0; from v2 on the module path has a suffix, which this program does not write", version)
	}
	return nil
}

// tracked returns the files of a tree by git, with slashes, in git's order.
func tracked(root string, untracked bool) ([]string, error) {
	args := []string{"ls-files", "-z", "--cached"}
	if untracked {
		args = append(args, "--others", "--exclude-standard", "--deduplicate")
	}
	list, err := output(root, "git", args...)
	if err != nil {
		return nil, err
	}
	var files []string
	for f := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		if info, err := os.Lstat(filepath.Join(root, f)); errors.Is(err, os.ErrNotExist) && untracked {
			continue // removed, and not yet from git
		} else if err != nil {
			return nil, err
		} else if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is not a regular file: a module cannot contain it", f)
		}
		files = append(files, f)
	}
	return files, nil
}

// output returns what a command prints.
func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", cmd, err)
	}
	return string(out), nil
}
