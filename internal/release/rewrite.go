package main

import (
	"fmt"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A rewriting changes the module path of a tree.
type rewriting struct {
	from, to string // the old and the new path of the root module
	version  string

	// path matches the old path where it begins the path of a package or nested module. The
	// word alone is the name of the project, of its file format and of its keys.
	path *regexp.Regexp
}

func newRewriting(from, to, version string) *rewriting {
	return &rewriting{from, to, version, regexp.MustCompile(`(^|[^\w./~-])` + regexp.QuoteMeta(from) + `/`)}
}

// file copies one file of root to out, rewritten.
func (r *rewriting) file(root, out, name string, modules []*module) error {
	from, to := filepath.Join(root, name), filepath.Join(out, name)
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	text := string(data)
	switch {
	case path.Base(name) == "go.mod":
		text = r.goMod(text, isPublished(path.Dir(name)))
	case path.Base(name) == "go.sum":
		text = r.goSum(text)
	case path.Ext(name) == ".go":
		text = r.paths(text)
		sorted, err := format.Source([]byte(text)) // the imports may sort otherwise now
		if err == nil {
			text = string(sorted)
		}
	case name == "README.md":
		if text, err = r.readme(r.paths(text), modules); err != nil {
			return err
		}
	case name == "CHANGELOG.md":
		text = strings.Replace(r.paths(text), "\n## Unreleased\n", "\n## "+r.version+"\n", 1)
	case r.hasPaths(name):
		text = r.paths(text)
	case r.path.MatchString(text):
		return fmt.Errorf("%s has the path of a package, and is no kind of file in which paths are rewritten", name)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, []byte(text), info.Mode().Perm())
}

// hasPaths reports whether a file that is not Go may name packages.
func (r *rewriting) hasPaths(name string) bool {
	return path.Ext(name) == ".md" || path.Base(name) == "Makefile" || path.Dir(name) == ".ci"
}

// paths rewrites the paths of packages in a text.
func (r *rewriting) paths(text string) string {
	return r.path.ReplaceAllString(text, "${1}"+strings.ReplaceAll(r.to, "$", "$$")+"/")
}

// goMod rewrites a go.mod file. The modules of the tree are required in the version that is
// released. If the module is published, none of them is replaced.
func (r *rewriting) goMod(text string, published bool) string {
	own := regexp.MustCompile(`^(\s*(?:module |require |replace )?)` + regexp.QuoteMeta(r.from) + `(/\S+)?(\s|$)`)
	version := regexp.MustCompile(`(\s)v0\.0\.0\S*|(\s)v\d+\.\S+`)
	var lines []string
	block, start := "", 0
	for line := range strings.Lines(text) {
		bare := strings.TrimSuffix(line, "\n")
		name, isBlock := strings.CutSuffix(bare, " (")
		if isBlock {
			block, start = name, len(lines)+1
		}
		in := block
		if in == "" {
			in, _, _ = strings.Cut(bare, " ")
		}
		if bare == ")" {
			if block == "require" && !strings.Contains(strings.Join(lines[start:], ""), "\t//") {
				slices.Sort(lines[start:]) // as go mod tidy does
			}
			if block == "replace" && len(lines) == start { // empty now
				lines, block = lines[:start-1], ""
				continue
			}
			block = ""
		}
		if own.MatchString(bare) {
			if in == "replace" && published {
				continue
			}
			bare = own.ReplaceAllString(bare, "${1}"+r.to+"${2}${3}")
			if in == "require" && published {
				bare = version.ReplaceAllString(bare, " "+r.version)
			}
		}
		lines = append(lines, bare+"\n")
	}
	text = strings.Join(lines, "")
	for strings.Contains(text, "\n\n\n") {
		text = strings.ReplaceAll(text, "\n\n\n", "\n\n")
	}
	return strings.TrimRight(text, "\n") + "\n"
}

// goSum drops the checksums of an earlier release, if this tree is one.
func (r *rewriting) goSum(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if p := pathOf(line); p != r.from && !strings.HasPrefix(p, r.from+"/") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// readme replaces the section "Use it" of README.md, which is about a clone, by one about what
// is published.
func (r *rewriting) readme(text string, modules []*module) (string, error) {
	const heading = "\n## Use it\n"
	before, section, ok := strings.Cut(text, heading)
	links := strings.LastIndex(section, "\n\n[Performance]")
	if !ok || links < 0 {
		return "", fmt.Errorf("README.md has no section %q before its links", strings.TrimSpace(heading))
	}
	var nested []string
	for _, m := range modules[1:] {
		if isPublished(m.dir) && !strings.HasPrefix(m.dir, "examples") {
			nested = append(nested, "`"+m.dir+"`")
		}
	}
	slices.Sort(nested)
	return before + heading + `
    go get ` + r.to + `/jar@latest
    go install ` + r.to + `/examples/cookies@latest

The first adds the library to your module. These packages are modules of their own, with their
dependencies: add them in the same way, if you import them. ` + strings.Join(nested, ", ") + `
have the version of the library. The second installs a program that explains cookies.` + section[links:], nil
}
