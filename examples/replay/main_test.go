package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	passing = `{"id":"p","steps":[{"op":"set","url":"https://a.test/","lines":["a=\u00ff"],"ctx":{"kind":"navigate"}},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"want":"a=\u00ff"}]}` + "\n"
	failing = `{"id":"f","steps":[{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"want":"b=1"}]}` + "\n"
	unsure  = `{"id":"u","error":"no browser","steps":[{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"want":"b=1"}]}` + "\n"
	broken  = `{"id":"b","steps":[{"op":"put"}]}` + "\n"
	// A tab inside a value: the draft keeps it, Chromium does not.
	tab = `{"id":"t","steps":[{"op":"set","url":"https://a.test/","lines":["a=1\t2"],"ctx":{"kind":"navigate"}},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"want":""}]}` + "\n"
	// Without "=": a name to Firefox, a value to the draft.
	bare = `{"id":"n","steps":[{"op":"set","url":"https://a.test/","lines":["a"],"ctx":{"kind":"navigate"}},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"want":"a="}]}` + "\n"
	// What a user agent sends where third-party cookies are allowed.
	embed = `{"id":"e","steps":[{"op":"set","url":"https://a.test/","lines":["a=1; Secure; SameSite=None"],"ctx":{"kind":"navigate"}},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"subresource","top":"https://b.test/"},"want":"a=1"}]}` + "\n"
)

// Each file of scenarios that README.md cites as a proof passes when a reader replays it,
// but for what testdata/failing.json says.
func TestProofs(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../testdata/failing.json")
	if err != nil {
		t.Fatal(err)
	}
	var known []struct{ ID string }
	if err := json.Unmarshal(data, &known); err != nil {
		t.Fatal(err)
	}
	cited := regexp.MustCompile(`testdata/scenarios/\w+\.jsonl`).FindAllString(string(readme), -1)
	if len(cited) < 3 {
		t.Fatalf("README.md cites %q: want more files of scenarios", cited)
	}
	for _, name := range cited {
		var out, errs strings.Builder
		code := run([]string{filepath.Join("../..", name)}, nil, &out, &errs)
		failed := map[string]bool{}
		for line := range strings.Lines(out.String()) {
			var r struct {
				ID string
				OK bool
			}
			if json.Unmarshal([]byte(line), &r) == nil && !r.OK && !slices.ContainsFunc(known, func(k struct{ ID string }) bool { return k.ID == r.ID }) {
				failed[r.ID] = true
			}
		}
		if len(failed) > 0 || errs.Len() > 0 || code != 0 && len(known) == 0 || !strings.Contains(out.String(), " passed, ") {
			t.Errorf("replay %s = %d, failed: %q\n%s", name, code, slices.Sorted(maps.Keys(failed)), errs.String())
		}
	}
}

func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.jsonl")
	if err := os.WriteFile(file, []byte(passing), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		args  []string
		stdin string
		code  int
		out   string // ends with
		err   string // contains
	}{
		{"pass", []string{"-"}, passing + unsure, 0,
			`{"id":"p","step":1,"got":"a=ÿ","want":"a=ÿ","ok":true}` + "\n1 passed, 0 failed\n", ""},
		{"fail", []string{"-", file}, failing, 1,
			`{"id":"f","step":0,"got":"","want":"b=1","ok":false}` + "\n" +
				`{"id":"p","step":1,"got":"a=ÿ","want":"a=ÿ","ok":true}` + "\n1 passed, 1 failed\n", ""},
		{"first line", []string{"-"}, "", 0, "as standard, third-party allow\n0 passed, 0 failed\n", ""},
		{"as firefox", []string{"-as", "firefox", "-"}, bare, 0, "1 passed, 0 failed\n", ""},
		{"own way", []string{"-as", "firefox", "-third-party", "agent", "-"}, "", 0, "as firefox, third-party agent (partition)\n0 passed, 0 failed\n", ""},
		{"third party", []string{"-as", "firefox", "-"}, embed, 0, "1 passed, 0 failed\n", ""},
		{"third party apart", []string{"-as", "firefox", "-third-party", "agent", "-"}, embed, 1, "0 passed, 1 failed\n", ""},
		{"third party partitioned", []string{"-as", "chromium", "-third-party", "partition", "-"}, embed, 1, "0 passed, 1 failed\n", ""},
		{"third party blocked", []string{"-third-party", "block", "-"}, embed, 1, "0 passed, 1 failed\n", ""},
		{"no such choice", []string{"-third-party", "eat", "-"}, "", 2, "", "eat"},
		{"as standard", []string{"-"}, tab, 1, "0 passed, 1 failed\n", ""},
		{"as chromium", []string{"-as", "chromium", "-"}, tab, 0, "1 passed, 0 failed\n", ""},
		{"terminal", []string{"-"}, strings.ReplaceAll(strings.ReplaceAll(passing, `"p"`, `"\u009b2J\u202e"`), `\u00ff`, `\u009b\u0085`), 0,
			`{"id":"\u009b2J\u202e","step":1,"got":"a=\u009b\u0085","want":"a=\u009b\u0085","ok":true}` + "\n1 passed, 0 failed\n", ""},
		{"broken", []string{"-"}, passing + broken, 2, "1 passed, 0 failed\n", "-: line 2"},
		{"no such file", []string{file + "x"}, "", 2, "0 passed, 0 failed\n", "p.jsonlx"},
		{"no such agent", []string{"-as", "mosaic", "-"}, "", 2, "", "mosaic"},
		{"flag after a file", []string{"-", "-as", "chromium"}, tab, 0, "1 passed, 0 failed\n", ""},
		{"two dashes", []string{"-", "--as=chromium"}, tab, 0, "1 passed, 0 failed\n", ""},
		{"near flag", []string{"-", "-sa", "chromium"}, "", 2, "", "replay: there is no flag -sa; see replay -h\n"},
		{"no file", nil, "", 2, "", "replay: want a file; see replay -h\n"},
		{"help", []string{"-h"}, "", 0, "--help, -h             show this help\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out, err bytes.Buffer
			code := run(test.args, strings.NewReader(test.stdin), &out, &err)
			if code != test.code || !strings.HasSuffix(out.String(), test.out) || !strings.Contains(err.String(), test.err) || (err.Len() == 0) != (test.err == "") {
				t.Errorf("run(%q) = %d\n%s%s\nwant %d, output that ends with\n%s and an error with %q",
					test.args, code, out.String(), err.String(), test.code, test.out, test.err)
			}
		})
	}
}
