package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"uacookie/internal/testkit"
)

// released writes a release of this tree to a temporary folder.
func released(t *testing.T) *tree {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("NOT TESTED: the release of this tree: %v", err)
	}
	out := filepath.Join(t.TempDir(), "tree")
	r, err := write(filepath.Join("..", ".."), checkPath, "v0.9.1", out, true)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func contentOf(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRelease(t *testing.T) {
	if testkit.Race {
		t.Skip("one goroutine, for half a minute: make release-test runs it without the race detector")
	}
	r := released(t)
	t.Run("words", func(t *testing.T) { checkWords(t, r) })
	t.Run("modules", func(t *testing.T) { checkModules(t, r) })
}

// The words that are in files, keys and on servers are as in this tree. So a release reads what
// was written before. Every other text with the word is listed here, too: a new one is a
// format, and belongs in the list, or a path.
func checkWords(t *testing.T, r *tree) {
	t.Helper()
	words := map[string]string{
		"jar/cookiefile/own.go":    `ownFormat  = "uacookie"`,
		"jar/valkeyjar/options.go": `defaultPrefix = "uacookie"`,
		"jar/valkeyjar/seal.go":    `"uacookie valkeyjar 1\x00"`,
		"jar/browser/har.go":       `harCreator{"uacookie", "1"}`,
		"jar/inspect/export.go":    `"uacookie's own format: `,
		"examples/crawl/fetch.go":  `"uacookie-crawl/1.0 (an example program of the Go module uacookie)"`,
	}
	for name, word := range words {
		if got := contentOf(t, r.dir, name); !strings.Contains(got, word) {
			t.Errorf("%s of the release does not have %s", name, word)
		}
	}
	err := filepath.WalkDir(r.dir, func(at string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(r.dir, at)
		rel = filepath.ToSlash(rel)
		if err != nil || !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") || strings.HasPrefix(rel, "internal/") || words[rel] != "" {
			return err
		}
		for line := range strings.Lines(contentOf(t, r.dir, rel)) {
			code, _, _ := strings.Cut(strings.ReplaceAll(line, checkPath, ""), "//")
			if strings.Contains(code, "uacookie") && !strings.Contains(code, "PATH") {
				t.Errorf("%s has %q: list the word, or have the release rewrite it", rel, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The modules that are published require each other in the version of the release, have the
// checksums of each other, and replace nothing. The tags come in an order in which each can be
// pushed.
func checkModules(t *testing.T, r *tree) {
	t.Helper()
	var tags []string
	sums := map[string]string{}
	for _, m := range r.modules {
		tags = append(tags, m.tag("v0.9.1"))
		mod, sum := contentOf(t, filepath.Join(r.dir, m.dir), "go.mod"), ""
		if strings.Contains(mod, "replace") || strings.Contains(mod, "v0.0.0 ") || strings.Contains(mod, "v0.0.0\n") {
			t.Errorf("%s:\n%s", m.newPath, mod)
		}
		if m.dir != "." {
			sum = contentOf(t, filepath.Join(r.dir, m.dir), "go.sum")
		}
		for _, p := range m.requires {
			if rest, ok := strings.CutPrefix(p, r.modules[0].path); ok {
				own := checkPath + rest
				if sums[own] == "" || !strings.Contains(sum, sums[own]) || !strings.Contains(mod, own+" v0.9.1") {
					t.Errorf("%s requires %s, and comes before it or lacks its version or checksum", m.newPath, own)
				}
			}
		}
		var err error
		if sums[m.newPath], err = m.sums(r.dir, "v0.9.1"); err != nil {
			t.Fatal(err)
		}
		if contentOf(t, filepath.Join(r.dir, m.dir), "LICENSE") == "" {
			t.Errorf("%s has no license", m.newPath)
		}
	}
	if tags[0] != "v0.9.1" || !slices.Contains(tags, "jar/boltjar/v0.9.1") || !slices.Contains(tags, "examples/v0.9.1") {
		t.Errorf("the tags are %q", tags)
	}
	if slices.ContainsFunc(tags, func(tag string) bool { return strings.Contains(tag, "testdata") }) {
		t.Errorf("the tags %q have a module that only tests", tags)
	}
	if s := contentOf(t, r.dir, "README.md"); strings.Contains(s, "-replace") || !strings.Contains(s, "go get "+checkPath+"/jar@latest\n") || !strings.Contains(s, `"`+checkPath+`/jar"`) {
		t.Error("README.md of the release is about a clone")
	}
}

func TestRewriting(t *testing.T) {
	r := newRewriting("cookies", "a.b/u", "v1.2.3")
	for in, want := range map[string]string{
		`import "cookies/jar"`:                  `import "a.b/u/jar"`,
		"see [cookies/jar/store], cookies/jar.": "see [a.b/u/jar/store], a.b/u/jar.",
		`"cookies/" + name`:                     `"a.b/u/" + name`,
		`{"format":"cookies"}`:                  `{"format":"cookies"}`,
		"cookies-crawl/1.0, /home/cookies/jar, x.cookies/jar, ~cookies/jar": "cookies-crawl/1.0, /home/cookies/jar, x.cookies/jar, ~cookies/jar",
		"cookies{01}log cookies:log":                                        "cookies{01}log cookies:log",
	} {
		if got := r.paths(in); got != want {
			t.Errorf("paths(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestGoMod(t *testing.T) {
	const mod = "module cookies/x\n\ngo 1.26.0\n\nrequire (\n\tgithub.com/a/b v1.0.0\n\tcookies v0.0.0-00010101000000-000000000000\n)\n\n" +
		"require cookies/jar/boltjar v0.0.0 // indirect\n\nreplace cookies => ../\n\nreplace (\n\tcookies/jar/boltjar => ../boltjar\n)\n\nreplace github.com/a/b => ../b\n"
	for _, tt := range []struct {
		published bool
		want      string
	}{
		{true, "module a.b/u/x\n\ngo 1.26.0\n\nrequire (\n\ta.b/u v1.2.3\n\tgithub.com/a/b v1.0.0\n)\n\n" +
			"require a.b/u/jar/boltjar v1.2.3 // indirect\n\nreplace github.com/a/b => ../b\n"}, // finish refuses it
		{false, "module a.b/u/x\n\ngo 1.26.0\n\nrequire (\n\ta.b/u v0.0.0-00010101000000-000000000000\n\tgithub.com/a/b v1.0.0\n)\n\n" +
			"require a.b/u/jar/boltjar v0.0.0 // indirect\n\nreplace a.b/u => ../\n\nreplace (\n\ta.b/u/jar/boltjar => ../boltjar\n)\n\nreplace github.com/a/b => ../b\n"},
	} {
		r := newRewriting("cookies", "a.b/u", "v1.2.3")
		got := r.goMod(mod, tt.published)
		if got != tt.want {
			t.Errorf("published %t:\n%s\nwant\n%s", tt.published, got, tt.want)
		}
		if tt.published { // the tree that was released is released again
			r := newRewriting("a.b/u", "a.b/u", "v1.2.4")
			if again, want := r.goMod(got, true), strings.ReplaceAll(tt.want, "v1.2.3", "v1.2.4"); again != want {
				t.Errorf("released again:\n%s\nwant\n%s", again, want)
			}
		}
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		path, version string
		want          bool
	}{
		{"example.org/you/uacookie", "v0.1.0", true},
		{"example.org/uacookie", "v1.0.0-rc.1", true},
		{"uacookie", "v0.1.0", false},
		{"example.org/uacookie/v2", "v0.1.0", false},
		{"example.org/uacookie/", "v0.1.0", false},
		{"https://example.org/uacookie", "v0.1.0", false},
		{"example.org/uacookie", "0.1.0", false},
		{"example.org/uacookie", "v0.1", false},
		{"example.org/uacookie", "v2.0.0", false},
		{"example.org/uacookie", "v0.01.0", false},
		{"example.org/uacookie", "v0.1.0-0.rc-1.0a", true},
		{"example.org/uacookie", "v0.1.0-rc.01", false},
		{"example.org/uacookie", "v0.1.0-rc..1", false},
		{"example.org/uacookie", "v0.1.0-.", false},
		{"example.org/a.b/uacookie.go", "v0.1.0", true},
		{"example.org/../uacookie", "v0.1.0", false},
		{"example.org/uacookie.", "v0.1.0", false},
		{"example.org/.uacookie", "v0.1.0", false},
		{"Example.org/uacookie", "v0.1.0", false},
	} {
		if err := validate(tt.path, tt.version); (err == nil) != tt.want {
			t.Errorf("validate(%q, %q) = %v, want it valid: %t", tt.path, tt.version, err, tt.want)
		}
	}
}

func TestOrder(t *testing.T) {
	all := []*module{
		{dir: ".", path: "u"},
		{dir: "a", path: "u/a", requires: []string{"u/z", "other.test/x", "u"}},
		{dir: "testdata/t", path: "u/testdata/t", requires: []string{"u/a"}},
		{dir: "z", path: "u/z", requires: []string{"u"}},
	}
	sorted, err := inOrder(all)
	var got []string
	for _, m := range sorted {
		got = append(got, m.tag("v0.1.0"))
	}
	if want := []string{"v0.1.0", "z/v0.1.0", "a/v0.1.0"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("the tags are %q, %v, want %q", got, err, want)
	}
	all[3].requires = []string{"u/a"}
	if _, err := inOrder(all); err == nil {
		t.Error("two modules that require each other are in an order")
	}
	all[3].requires = []string{"u/testdata/t"}
	if _, err := inOrder(all); err == nil {
		t.Error("a module may require one that is not published")
	}
}

func TestAddSums(t *testing.T) {
	const old = "a.test/a v1.0.0 h1:1\na.test/a v1.0.0/go.mod h1:2\nu v0.1.0 h1:old\nu/b v0.1.0/go.mod h1:old\nz.test/z v1.0.0/go.mod h1:3\n"
	lines := []string{"u v0.2.0 h1:4\nu v0.2.0/go.mod h1:5\n", "u/b v0.2.0 h1:6\nu/b v0.2.0/go.mod h1:7\n"}
	const want = "a.test/a v1.0.0 h1:1\na.test/a v1.0.0/go.mod h1:2\nu v0.2.0 h1:4\nu v0.2.0/go.mod h1:5\n" +
		"u/b v0.2.0 h1:6\nu/b v0.2.0/go.mod h1:7\nz.test/z v1.0.0/go.mod h1:3\n"
	if got := addSums(newRewriting("u", "u", "v0.2.0").goSum(old), lines); got != want {
		t.Errorf("addSums =\n%s\nwant\n%s", got, want)
	}
}

// The checksum is the one of https://go.dev/ref/mod#go-sum-files: of a list of the SHA-256 of
// each file. The go command compares it in make release-test.
func TestChecksum(t *testing.T) {
	read := func(name string) ([]byte, error) { return []byte("content of " + name), nil }
	got, err := checksum([]string{"a", "b/c"}, "m@v1.0.0/", read)
	list := ""
	for _, name := range []string{"a", "b/c"} {
		list += fmt.Sprintf("%x  m@v1.0.0/%s\n", sha256.Sum256([]byte("content of "+name)), name)
	}
	sum := sha256.Sum256([]byte(list))
	if want := "h1:" + base64.StdEncoding.EncodeToString(sum[:]); err != nil || got != want {
		t.Errorf("checksum = %q, %v, want %q", got, err, want)
	}
}
