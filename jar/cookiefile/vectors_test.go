package cookiefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
)

// A vector is a file, the cookies in it as JSON of this package has them, and the
// lines that are skipped.
type vector struct {
	ID, Input, Why string
	Want           []json.RawMessage
	Skipped        []string // "LINE REASON"
}

// vectors loads testdata/name. An empty or unexplained file is a failure.
func vectors(tb testing.TB, name string) []vector {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Spec  string
		Tests []vector
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		tb.Fatal(err)
	}
	if len(file.Tests) == 0 {
		tb.Fatal("no vectors")
	}
	seen := map[string]bool{}
	for _, v := range file.Tests {
		if v.ID == "" || v.Why == "" || seen[v.ID] {
			tb.Fatalf("vector %q: want a unique id and a reason", v.ID)
		}
		seen[v.ID] = true
	}
	return file.Tests
}

// read returns what Read yields: cookies, skipped lines, and how it ended.
func read(text string, o *ReadOptions) (cookies []jar.Cookie, skipped []string, end error) {
	return readFrom(strings.NewReader(text), o)
}

func readFrom(r io.Reader, o *ReadOptions) (cookies []jar.Cookie, skipped []string, end error) {
	for c, err := range Read(r, o) {
		switch e, ok := errors.AsType[*LineError](err); {
		case ok:
			skipped = append(skipped, fmt.Sprint(e.Line, " ", e.Err))
		case err != nil:
			end = err
		default:
			cookies = append(cookies, c)
		}
	}
	return cookies, skipped, end
}

func TestRead(t *testing.T) {
	for _, name := range []string{"netscape.json", "browser.json", "tools.json", "lwp.json"} {
		for _, v := range vectors(t, name) {
			t.Run(strings.TrimSuffix(name, ".json")+"/"+v.ID, func(t *testing.T) {
				var want []jar.Cookie
				for _, raw := range v.Want {
					c, why := parseOwn(raw)
					if why != 0 {
						t.Fatalf("the vector's cookie: %v", why)
					}
					want = append(want, c)
				}
				cookies, skipped, err := read(v.Input, nil)
				if err != nil {
					t.Errorf("Read = %v, want no error: %s", err, v.Why)
				}
				if d := diff(want, cookies); d != "" {
					t.Errorf("Read: %s (-want +got)\n%s", v.Why, d)
				}
				if d := cmp.Diff(v.Skipped, skipped); d != "" && len(v.Skipped)+len(skipped) > 0 {
					t.Errorf("Read skips: %s (-want +got)\n%s", v.Why, d)
				}
			})
		}
	}
}

// diff compares cookies in full. Those of tests hold no secrets.
func diff(want, got []jar.Cookie) string {
	type cookie jar.Cookie // without the methods that hide the value
	show := func(all []jar.Cookie) (shown []cookie) {
		for _, c := range all {
			shown = append(shown, cookie(c))
		}
		return shown
	}
	return cmp.Diff(show(want), show(got))
}
