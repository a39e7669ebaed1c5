package jarfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/store"
)

// today is the day of all tests but those with several processes.
var today = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// options have session cookies kept, and a clock that stands still.
func options() *Options {
	return &Options{KeepSession: true, Jar: &jar.Options{Now: func() time.Time { return today }}}
}

func cookie(name, value string) jar.Cookie {
	return jar.Cookie{Name: name, Value: value, Domain: "example.com", HostOnly: true, Path: "/"}
}

func open(t *testing.T, path string, o *Options) *File {
	t.Helper()
	f, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func set(t *testing.T, f *File, cookies ...jar.Cookie) {
	t.Helper()
	for _, c := range cookies {
		if v := f.Jar().Accept(c); !v.OK() {
			t.Fatal(v)
		}
	}
}

func remove(f *File, name string) { f.Jar().Delete(func(c jar.Cookie) bool { return c.Name == name }) }

func save(t *testing.T, f *File) {
	t.Helper()
	if err := f.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// pairs returns what is in a file, sorted.
func pairs(t *testing.T, path string) string {
	t.Helper()
	all := []string{}
	o := options()
	o.Jar.Limits = new(jar.Limits)
	for c := range open(t, path, o).Jar().All() {
		all = append(all, c.Name+"="+c.Value)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestSaveAndOpen(t *testing.T) {
	for name, first := range map[string]string{
		"cookies.txt": "# Netscape HTTP Cookie File\n",
		"jar.json":    `{"format":"uacookie","version":1}` + "\n",
		"jar":         `{"format":"uacookie","version":1}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			f := open(t, path, options())
			c := cookie("a", "1")
			c.Expires = today.Add(time.Hour)
			set(t, f, c, cookie("b", "2"))
			save(t, f)
			data, err := os.ReadFile(path)
			if err != nil || !strings.HasPrefix(string(data), first) {
				t.Errorf("the file = %q, %v, want it to begin with %q", data, err, first)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
				t.Errorf("Stat = %v, %v, want mode 0600", info.Mode(), err)
			}
			if got := pairs(t, path); got != "a=1 b=2" {
				t.Errorf("saved and opened: %q, want a=1 b=2", got)
			}
			o := options()
			o.KeepSession = false
			f = open(t, path, o)
			if f.Jar().Len() != 1 {
				t.Errorf("opened without session cookies: %d cookies, want 1", f.Jar().Len())
			}
			set(t, f, cookie("c", "3"))
			save(t, f)
			if got := pairs(t, path); got != "a=1 b=2" {
				t.Errorf("saved without session cookies: %q, want the persistent ones left: a=1 b=2", got)
			}
		})
	}
}

// Each of two who share a file keeps what it changed, and takes the rest as it is.
func TestMerge(t *testing.T) {
	start := func(t *testing.T) (path string, a, b *File) {
		path = filepath.Join(t.TempDir(), "jar.json")
		f := open(t, path, options())
		set(t, f, cookie("x", "0"), cookie("y", "0"))
		save(t, f)
		return path, open(t, path, options()), open(t, path, options())
	}
	for _, tt := range []struct {
		id   string
		a, b func(t *testing.T, f *File)
		want string
	}{
		{"both add", func(t *testing.T, f *File) { set(t, f, cookie("a", "1")) }, func(t *testing.T, f *File) { set(t, f, cookie("b", "1")) }, "a=1 b=1 x=0 y=0"},
		{"both add the same", func(t *testing.T, f *File) { set(t, f, cookie("a", "1")) }, func(t *testing.T, f *File) { set(t, f, cookie("a", "2")) }, "a=2 x=0 y=0"},
		{"both change", func(t *testing.T, f *File) { set(t, f, cookie("x", "1")) }, func(t *testing.T, f *File) { set(t, f, cookie("x", "2")) }, "x=2 y=0"},
		{"one changes", func(t *testing.T, f *File) { set(t, f, cookie("x", "1")) }, func(*testing.T, *File) {}, "x=1 y=0"},
		{"one deletes", func(t *testing.T, f *File) { remove(f, "x") }, func(*testing.T, *File) {}, "y=0"},
		{"one deletes, the other adds", func(t *testing.T, f *File) { remove(f, "x") }, func(t *testing.T, f *File) { set(t, f, cookie("b", "1")) }, "b=1 y=0"},
		{"one deletes, the other changes", func(t *testing.T, f *File) { remove(f, "x") }, func(t *testing.T, f *File) { set(t, f, cookie("x", "1")) }, "x=1 y=0"},
		{"one changes, the other deletes", func(t *testing.T, f *File) { set(t, f, cookie("x", "1")) }, func(t *testing.T, f *File) { remove(f, "x") }, "y=0"},
		{"both delete", func(t *testing.T, f *File) { f.Jar().Clear() }, func(t *testing.T, f *File) { remove(f, "y") }, ""},
	} {
		t.Run(tt.id, func(t *testing.T) {
			path, a, b := start(t)
			tt.a(t, a)
			tt.b(t, b)
			save(t, a)
			save(t, b)
			if got := pairs(t, path); got != tt.want {
				t.Errorf("in the file: %q, want %q", got, tt.want)
			}
			save(t, a) // nothing has changed there since
			save(t, b)
			if got := pairs(t, path); got != tt.want {
				t.Errorf("in the file after both saved again: %q, want %q", got, tt.want)
			}
		})
	}
}

// What has expired in one process was not deleted by it: another may have had it
// renewed.
func TestExpiredIsNotDeleted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jar.json")
	now := today
	o := &Options{Jar: &jar.Options{Now: func() time.Time { return now }}}
	soon, later := cookie("a", "1"), cookie("a", "2")
	soon.Expires, later.Expires = today.Add(time.Minute), today.Add(time.Hour)
	f := open(t, path, o)
	set(t, f, soon)
	save(t, f)
	g := open(t, path, o)
	set(t, g, later)
	save(t, g)
	now = today.Add(time.Minute)
	save(t, f)
	if got := pairs(t, path); got != "a=2" {
		t.Errorf("in the file: %q, want a=2", got)
	}
	now = today.Add(time.Hour)
	save(t, f)
	if data, err := os.ReadFile(path); err != nil || strings.Contains(string(data), "example.com") {
		t.Errorf("in the file after all has expired: %q, %v, want no cookie", data, err)
	}
}

// Every field survives, and cookies are in the order of creation, whichever jar saved them.
func TestOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jar.json")
	f, g := open(t, path, options()), open(t, path, options())
	for i, c := range []jar.Cookie{cookie("a", "1"), cookie("b", "2"), cookie("c", "3")} {
		c.Created = today.Add(time.Duration(i))
		if i%2 == 0 {
			set(t, f, c)
		} else {
			set(t, g, c)
		}
	}
	save(t, f)
	save(t, g)
	var got []string
	for c := range open(t, path, options()).Jar().All() {
		got = append(got, fmt.Sprint(c.Name, c.Order))
	}
	if want := []string{"a1", "b2", "c3"}; !slices.Equal(got, want) {
		t.Errorf("order = %q, want %q", got, want)
	}
}

// A file that cannot be read is an error that names it, and stays as it is.
func TestUnreadable(t *testing.T) {
	const line = "example.com\tFALSE\t/\tFALSE\t0\ta\ts3cr3t\n"
	for id, tt := range map[string]struct {
		content string
		is      error
	}{
		"cut off":       {`{"format":"uacookie","version":1}` + "\n", io.ErrUnexpectedEOF},
		"bad line":      {line + "x\n", cookiefile.SkipFields},
		"refused":       {line + strings.Replace(line, "\ta\t", "\t__Secure-a\t", 1), nil},
		"cut off state": {`{"cookies":[],"origins":[]`, io.ErrUnexpectedEOF},
		"two states":    {`{"cookies":[],"origins":[]}{}`, cookiefile.ErrMalformed},
		"database":      {"SQLite format 3\x00", cookiefile.ErrDatabase},
		"too large":     {strings.Repeat(line, 100), cookiefile.ErrTooLarge},
	} {
		t.Run(id, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "jar")
			f := open(t, path, options())
			set(t, f, cookie("mine", "1"))
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			o := options()
			o.MaxBytes = 1000
			f.o.MaxBytes = 1000
			_, err := Open(path, o)
			if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "s3cr3t") || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("Open = %v, want %v and the file's name", err, tt.is)
			}
			if tt.is == nil {
				return // it can be read, and saving keeps it
			}
			if err := f.Save(t.Context()); !errors.Is(err, tt.is) {
				t.Errorf("Save = %v, want %v", err, tt.is)
			}
			if data, err := os.ReadFile(path); err != nil || string(data) != tt.content {
				t.Errorf("Save has changed the file: %v", err)
			}
		})
	}
}

// A browser's file keeps what it has besides cookies, to the byte, whichever jar saves it, and
// so do the spellings of its format.
func TestBrowserFiles(t *testing.T) {
	const (
		before = `{ "cookies" : [`
		after  = "],\n  \"origins\": [ {\"origin\": \"https://example.com\", \"localStorage\": [{\"name\": \"cookies\", \"value\": \"[{\\\"a\\\":1}]\"}]} ] }\n"
		origin = `,"domain":"example.com","path":"/","expires":-1,"httpOnly":false,"secure":false`
		lax    = `,"sameSite":"Lax"` // without which Playwright refuses the file
		more   = `,"size":2,"session":true,"priority":"Medium"`
	)
	line := func(pair, rest string) string {
		name, value, _ := strings.Cut(pair, "=")
		return "\n" + `{"name":"` + name + `","value":"` + value + `"` + origin + rest + `}`
	}
	for _, tt := range []struct{ id, old, want string }{
		{"storage state",
			before + line("x=0", "") + "," + line("y=0", "") + after,
			before + line("x=1", lax) + "," + line("b=1", lax) + "\n" + after},
		{"CDP",
			`{"cookies":[` + line("x=0", more) + "," + line("y=0", more) + `],"id":7}`,
			`{"cookies":[` + line("x=1", more) + "," + line("b=1", more) + "\n" + `],"id":7}`},
		{"Puppeteer",
			"[" + line("x=0", more) + "," + line("y=0", more) + "]",
			"[" + line("x=1", more) + "," + line("b=1", more) + "\n]"},
	} {
		t.Run(tt.id, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.json")
			if err := os.WriteFile(path, []byte(tt.old), 0o600); err != nil {
				t.Fatal(err)
			}
			f, g := open(t, path, options()), open(t, path, options())
			set(t, f, cookie("x", "1"))
			remove(g, "y")
			set(t, g, cookie("b", "1"))
			save(t, f)
			save(t, g)
			save(t, f) // in which y is still, but has not changed
			if data, err := os.ReadFile(path); err != nil || string(data) != tt.want {
				t.Errorf("in the file: %v,\n%s\nwant\n%s", err, data, tt.want)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "new")
	o := options()
	o.Format = cookiefile.FormatPlaywright
	f := open(t, path, o)
	set(t, f, cookie("x", "1"))
	save(t, f)
	want := `{"cookies":[` + line("x=1", lax) + "\n" + `],"origins":[]}` + "\n"
	if data, err := os.ReadFile(path); err != nil || string(data) != want {
		t.Errorf("in the new file: %v,\n%s\nwant\n%s", err, data, want)
	}
}

// What the format has no way to say is reported, and the rest is saved.
func TestLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.txt")
	f := open(t, path, options())
	c := cookie("a", "1")
	c.SameSite = store.SameSiteStrict
	set(t, f, c, cookie("", "s3cr3t"))
	err := f.Save(t.Context())
	if !errors.Is(err, cookiefile.LostName) || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("Save = %v, want cookiefile.LostName", err)
	}
	if got := pairs(t, path); got != "a=1" {
		t.Errorf("in the file: %q, want a=1", got)
	}
	var lost []cookiefile.Lost
	f.o.Lost = func(l *cookiefile.Loss) { lost = append(lost, l.Lost) }
	set(t, f, c) // once more: the file has it without SameSite
	c.Value = "2"
	set(t, f, c)
	save(t, f)
	if want := []cookiefile.Lost{cookiefile.LostSameSite}; !slices.Equal(lost, want) {
		t.Errorf("lost = %v, want %v", lost, want)
	}
}

func TestSymlink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target.json"), filepath.Join(dir, "link.json")
	save(t, open(t, target, options()))
	if err := os.Symlink(target, link); err != nil {
		t.Skip("NOT TESTED: no symbolic links:", err)
	}
	f := open(t, link, options())
	set(t, f, cookie("a", "1"))
	save(t, f)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("Lstat = %v, %v, want a symbolic link still", info, err)
	}
	if got := pairs(t, target); got != "a=1" {
		t.Errorf("in the target: %q, want a=1", got)
	}
}

// Waiting for the lock ends with the context.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jar.json")
	f := open(t, path, options())
	set(t, f, cookie("a", "1"))
	other := flock.New(path + ".lock")
	if ok, err := other.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := f.Save(ctx)
	if want := "jarfile: lock " + path + ": context canceled"; !errors.Is(err, context.Canceled) || err.Error() != want {
		t.Errorf("Save = %v, want %s", err, want)
	}
	done := make(chan error)
	go func() { done <- f.Save(t.Context()) }()
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("Save after the lock is free = %v, want nil", err)
	}
}

// A cookie of the file that a veto keeps out of the jar stays in the file.
func TestVeto(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jar")
	f := open(t, path, options())
	set(t, f, cookie("no", "1"), cookie("yes", "1"))
	save(t, f)

	o := options()
	o.Jar.Veto = func(op jar.Op, r *jar.Request, c jar.Cookie) bool { return c.Name == "no" }
	if _, err := Open(path, o); err == nil || !strings.Contains(err.Error(), "veto-store") {
		t.Errorf("Open without Skipped: %v, want the refused cookie", err)
	}
	o.Skipped = func(*cookiefile.LineError) {}
	f = open(t, path, o)
	set(t, f, cookie("yes", "2"))
	save(t, f)
	if got, want := pairs(t, path), "no=1 yes=2"; got != want {
		t.Errorf("the file has %q, want %q", got, want)
	}
}
