package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A crawl with -jar is still logged in at its next run.
func TestKeep(t *testing.T) {
	var sent []string
	site := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("Cookie"))
		setCookies(w, "session=0123456789abcdef")
		write(w, page("Home"))
	})
	for _, name := range []string{"jar.json", "cookies.txt"} {
		sent = nil
		path := filepath.Join(t.TempDir(), name)
		for range 2 {
			var out, errs strings.Builder
			if code := run(t.Context(), []string{"-jar", path, "-workers=1", site}, &out, &errs); code != 0 {
				t.Fatalf("exit code %d\n%s", code, errs.String())
			}
		}
		if len(sent) != 2 || sent[0] != "" || sent[1] != "session=0123456789abcdef" {
			t.Errorf("%s: the site was sent %q, want nothing, then the session", name, sent)
		}
	}
}

func TestKeepFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jar.json")
	if err := os.WriteFile(path, []byte("not cookies\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	site := serve(t, func(w http.ResponseWriter, r *http.Request) { write(w, page("Home")) })
	for _, args := range [][]string{{"-jar", path, site}, {"-jar", path}} {
		var out, errs strings.Builder
		code := run(t.Context(), args, &out, &errs)
		want, text := exitFailed, path+": cookiefile: unknown file format"
		if len(args) == 2 {
			want, text = exitUsage, "-jar: want a URL"
		}
		if code != want || !strings.Contains(errs.String(), text) {
			t.Errorf("crawl %q = %d\n%s\nwant %d and %s", args, code, errs.String(), want, text)
		}
	}
}
