package profile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// A row that no browser writes is skipped with a reason, and the other rows are read. The
// rows are like those in databases that other, perhaps hostile, programs have written to.
func TestHostileRows(t *testing.T) {
	const table = `CREATE TABLE cookies (creation_utc, host_key, top_frame_site_key, name, value, path, expires_utc, is_secure, is_httponly,
		last_access_utc, has_expires)` // an old version's columns, of any type
	row := func(creation, host, name, expires string) string {
		return fmt.Sprintf("INSERT INTO cookies VALUES (%s, %s, '', %s, '%s', '/', %s, 0, 0, 13300000000000000, 1)", creation, host, name, secret, expires)
	}
	path, _ := database(t, "Cookies", table, chromeMeta, // without a version
		row("0", "'example.com'", "'untimed'", "0"),
		row("1", "'example.com'", "NULL", "0"),
		row("2", "'example.com'", "'text'", "'"+secret+"'"),
		row("3", "'['", "'no host'", "0"),
		row("4", "x'ff'", "'bytes'", "0"),
		row("5", "'::1%.www.example.com'", "'zone'", "0"),
		row("6", "'example.com'", "'"+strings.Repeat("n", 5000)+"'", "13400000000000000"),
		row("7", "'example.com'", "'a'||char(27)||'[31m'", "13400000000000000"),
		row("8", "'.com'", "'super'", "9223372036854775807"),
		row("9", "'example.com'", "'far'", "9223372036854775807"),
		row("10", "'example.com'", "'past'", "-9223372036854775808"),
		row("11", "'example.com'", "'last'", "13500000000000000"),
	)
	_, skipped, err := read(t, path, nil)
	want := []string{"2 malformed", "3 malformed", "4 host", "5 host"}
	if err != nil || fmt.Sprint(skipped) != fmt.Sprint(want) {
		t.Errorf("Read skips %q, %v, want %q, nil", skipped, err, want)
	}
	j, _ := jar.New(nil)
	refused := 0
	_, err = Load(t.Context(), j, path, &Options{Skipped: func(e *cookiefile.LineError) { refused++ }})
	if err != nil || refused != len(want)+2 {
		t.Errorf("Load skips %d, %v, want %d, nil: it also skips cookies that the jar refuses", refused, err, len(want)+2)
	}
	for c := range j.All() {
		if c.Domain == "com" && c.HostOnly {
			continue // for no other host
		}
		if c.Domain != "example.com" && !strings.HasPrefix(c.Domain, "[") || strings.ContainsAny(c.Name, "\x1b") {
			t.Errorf("%v was stored, want it refused", c)
		}
	}
	if _, err := Load(t.Context(), j, path, nil); err == nil || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("Load = %v, want the skipped rows, without values and control codes", err)
	}

	path, _ = database(t, "cookies.sqlite", firefoxTable,
		"INSERT INTO moz_cookies (id, originAttributes, name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly) VALUES "+strings.Join([]string{
			"(1, '^userContextId=x', 'a', '" + secret + "', 'example.com', '/', 4102444800, 1, 1, 1, 0)",
			"(2, '^userContextId=99999999999999999999', 'a', '" + secret + "', 'example.com', '/', 4102444800, 1, 1, 1, 0)",
			"(3, '^partitionKey=(https,%25zz)', 'a', '" + secret + "', 'example.com', '/', 4102444800, 1, 1, 1, 0)",
			"(4, '^partitionKey=(', 'a', '" + secret + "', 'example.com', '/', 4102444800, 1, 1, 1, 0)",
			"(5, '%zz', 'a', '" + secret + "', 'example.com', '/', 4102444800, 1, 1, 1, 0)",
			"(6, '', 'a', '" + secret + "', NULL, '/', 4102444800, 1, 1, 1, 0)",
			"(7, '', 'a', '" + secret + "', 'example.com', '/', 4102444800, 1, 1, 1, 0)",
		}, ", "))
	got, skipped, err := read(t, path, nil)
	want = []string{"1 partition", "2 partition", "3 partition", "4 partition", "5 partition", "6 malformed"}
	if err != nil || len(got) != 1 || fmt.Sprint(skipped) != fmt.Sprint(want) {
		t.Errorf("Read = %d cookies, skips %q, %v, want 1, %q, nil", len(got), skipped, err, want)
	}
}

// A flipped bit in an encrypted value never yields another value: decrypt fails.
func TestHostilePadding(t *testing.T) {
	key, err := linuxKey()
	if err != nil {
		t.Fatal(err)
	}
	const host = "example.com"
	hex := encrypt(t, host, secret, hashVersion)
	var whole []byte
	if _, err := fmt.Sscanf(hex, "x'%x'", &whole); err != nil {
		t.Fatal(err)
	}
	if got, err := decrypt(whole, key, host, hashVersion); got != secret || err != nil {
		t.Fatalf("decrypt of what was encrypted: %v", err)
	}
	for at := range len(whole) - 2*16 { // the last two blocks are the value and its padding
		bad := append([]byte(nil), whole...)
		bad[at] ^= 1
		if _, err := decrypt(bad, key, host, hashVersion); err == nil {
			t.Errorf("decrypt with a bit flipped in byte %d: no error", at)
		}
	}
	for n := range len(whole) {
		if got, err := decrypt(whole[:n], key, host, hashVersion); err == nil {
			t.Errorf("decrypt of %d of %d bytes: %d bytes, want an error", n, len(whole), len(got))
		}
	}
}

// A database whose tables have the right names but other contents is an error with the file's
// name.
func TestHostileTables(t *testing.T) {
	for name, statements := range map[string][]string{
		"a view":         {"CREATE VIEW cookies AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS host_key FROM n"},
		"no columns":     {"CREATE TABLE cookies (x)", chromeMeta},
		"no meta":        {chromeTable},
		"other firefox":  {"CREATE TABLE moz_cookies (x)"},
		"firefox a view": {"CREATE VIEW moz_cookies AS SELECT 1"},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := database(t, "db", statements...)
			j, _ := jar.New(nil)
			if n, err := Load(t.Context(), j, path, nil); n != 0 || err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("Load = %d, %v, want 0 and an error with the file's name", n, err)
			}
		})
	}
	// The copies are removed.
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	j, _ := jar.New(nil)
	path, _ := database(t, "db", chromeTable)
	if _, err := Load(t.Context(), j, path, nil); err == nil {
		t.Error("Load of a table without a version: no error")
	}
	if left, err := filepath.Glob(filepath.Join(dir, "cookies*")); err != nil || len(left) > 0 {
		t.Errorf("after Load the folder for copies contains %q, %v, want nothing", left, err)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "missing"))
	if _, err := Load(t.Context(), j, path, nil); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Load without a folder for the copy: %v, want an error with the file's name", err)
	}
}

// If a copy cannot be made or is too large, copyFile returns an error, and no part of the
// database is read.
func TestCopyFails(t *testing.T) {
	dir := t.TempDir()
	from, folder := filepath.Join(dir, "from"), filepath.Join(dir, "folder")
	if err := os.WriteFile(from, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(folder, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		to, from string
		most     int64
		ok       bool
	}{
		"whole":        {filepath.Join(dir, "to"), from, 5, true},
		"too large":    {filepath.Join(dir, "to"), from, 4, false},
		"missing":      {filepath.Join(dir, "to"), filepath.Join(dir, "missing"), 5, false},
		"no folder":    {filepath.Join(dir, "missing", "to"), from, 5, false},
		"a folder":     {folder, from, 5, false},
		"not readable": {filepath.Join(dir, "to"), folder, 5, false},
	} {
		if err := copyFile(tt.to, tt.from, tt.most); (err == nil) != tt.ok {
			t.Errorf("%s: copyFile = %v, want success: %t", name, err, tt.ok)
		}
	}
}
