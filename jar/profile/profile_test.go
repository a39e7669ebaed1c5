package profile

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/policy"
)

const secret = "s3cr3t"

// database creates a database from statements and returns its path. The connection stays
// open, as in a running browser.
func database(t *testing.T, name string, statements ...string) (string, *sql.DB) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // so that PRAGMAs hold for all statements
	t.Cleanup(func() { db.Close() })
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return path, db
}

const (
	firefoxTable = `CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, originAttributes TEXT NOT NULL DEFAULT '', name TEXT, value TEXT, host TEXT, path TEXT,
		expiry INTEGER, lastAccessed INTEGER, creationTime INTEGER, isSecure INTEGER, isHttpOnly INTEGER, inBrowserElement INTEGER DEFAULT 0,
		sameSite INTEGER DEFAULT 256, schemeMap INTEGER DEFAULT 0, isPartitionedAttributeSet INTEGER DEFAULT 0,
		CONSTRAINT moz_uniqueid UNIQUE (name, host, path, originAttributes))`
	chromeTable = `CREATE TABLE cookies (creation_utc INTEGER NOT NULL, host_key TEXT NOT NULL, top_frame_site_key TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
		encrypted_value BLOB NOT NULL, path TEXT NOT NULL, expires_utc INTEGER NOT NULL, is_secure INTEGER NOT NULL, is_httponly INTEGER NOT NULL,
		last_access_utc INTEGER NOT NULL, has_expires INTEGER NOT NULL, is_persistent INTEGER NOT NULL, priority INTEGER NOT NULL, samesite INTEGER NOT NULL,
		source_scheme INTEGER NOT NULL, source_port INTEGER NOT NULL, last_update_utc INTEGER NOT NULL, source_type INTEGER NOT NULL, has_cross_site_ancestor INTEGER NOT NULL)`
	chromeMeta = `CREATE TABLE meta (key LONGVARCHAR NOT NULL UNIQUE PRIMARY KEY, value LONGVARCHAR)`

	e2100 = 4102444800 // the year 2100
)

// show describes all fields of a cookie, including its value.
func show(c jar.Cookie) string {
	s := fmt.Sprintf("%v = %s", c, c.Value)
	if c.Persistent() {
		s += " until " + c.Expires.Format(time.RFC3339)
	}
	for _, mark := range []struct {
		is   bool
		text string
	}{{c.Secure, " Secure"}, {c.HttpOnly, " HttpOnly"}, {c.SameSite != 0, " " + c.SameSite.String()}, {c.Priority != 0, " " + c.Priority.String()}} {
		if mark.is {
			s += mark.text
		}
	}
	return s
}

// read returns the cookies and errors that Read yields, as text.
func read(t *testing.T, path string, o *Options) (got, skipped []string, end error) {
	t.Helper()
	for c, err := range Read(t.Context(), path, o) {
		switch e, ok := errors.AsType[*cookiefile.LineError](err); {
		case ok:
			if e.File != path || strings.Contains(e.Error(), secret) {
				t.Errorf("Read skips with %q, want the file's name and no value", e)
			}
			skipped = append(skipped, fmt.Sprint(e.Line, " ", e.Err))
		case err != nil:
			end = err
		default:
			got = append(got, show(c))
		}
	}
	return got, skipped, end
}

func check(t *testing.T, path string, o *Options, want, wantSkipped []string) {
	t.Helper()
	got, skipped, err := read(t, path, o)
	if err != nil || !slices.Equal(got, want) || !slices.Equal(skipped, wantSkipped) {
		t.Errorf("Read =\n%s\nskipped\n%s\n%v, want\n%s\nskipped\n%s", strings.Join(got, "\n"), strings.Join(skipped, "\n"), err,
			strings.Join(want, "\n"), strings.Join(wantSkipped, "\n"))
	}
}

func TestFirefox(t *testing.T) {
	row := func(id int, attributes, name, host string, expiry int64, secure, sameSite int) string {
		return fmt.Sprintf(`INSERT INTO moz_cookies (id, originAttributes, name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly, sameSite)
			VALUES (%d, '%s', '%s', '%s', '%s', '/', %d, 1700000000000000, 1600000000000000, %d, 0, %d)`, id, attributes, name, secret, host, expiry, secure, sameSite)
	}
	rows := func(unit int64) []string {
		return []string{
			row(1, "", "host", "example.com", e2100*unit, 0, 256),
			row(2, "", "domain", ".example.com", e2100*unit, 1, 0),
			row(3, "", "old", "example.com", e2100*unit, 0, 0), // from before Firefox had a value for a missing attribute
			row(4, "", "lax", "example.com", e2100*unit, 0, 1),
			row(5, "", "strict", "example.com", e2100*unit, 0, 2),
			row(6, "^partitionKey=%28https%2Ctop.example%29", "p", "example.com", e2100*unit, 1, 256),
			row(7, "^partitionKey=%28https%2Cexample.com%2C8443%29", "q", "example.com", e2100*unit, 1, 256),
			row(8, "^partitionKey=%28https%2Cexample.com%2Cf%29", "r", "example.com", e2100*unit, 1, 256),
			row(9, "^userContextId=2&partitionKey=%28https%2Ctop.example%29", "boxed", "example.com", e2100*unit, 1, 256),
			row(10, "^partitionKey=%28https%29", "bad", "example.com", e2100*unit, 1, 256),
			row(11, "^firstPartyDomain=top.example", "tor", "example.com", e2100*unit, 1, 256),
			row(12, "", "nowhere", "a b", e2100*unit, 1, 256),
		}
	}
	for _, schema := range []struct {
		version int
		unit    int64
	}{{15, 1}, {16, 1000}, {17, 1000}} {
		t.Run(fmt.Sprint("schema ", schema.version), func(t *testing.T) {
			path, _ := database(t, "cookies.sqlite", append([]string{
				"PRAGMA journal_mode = WAL", firefoxTable, fmt.Sprint("PRAGMA user_version = ", schema.version),
			}, rows(schema.unit)...)...)
			const until = " = s3cr3t until 2100-01-01T00:00:00Z"
			check(t, path, nil, []string{
				`"host" for example.com/` + until,
				`"domain" for *.example.com/` + until + " Secure None",
				`"old" for example.com/` + until,
				`"lax" for example.com/` + until + " Lax",
				`"strict" for example.com/` + until + " Strict",
				`"p" for example.com/ in https://top.example (cross-site)` + until + " Secure",
				`"q" for example.com/ in https://example.com` + until + " Secure",
				`"r" for example.com/ in https://example.com (cross-site)` + until + " Secure",
			}, []string{"10 partition", "11 partition", "12 host"})
			check(t, path, &Options{Container: 2}, []string{
				`"boxed" for example.com/ in https://top.example (cross-site)` + until + " Secure",
			}, []string{"11 partition", "12 host"})
		})
	}
}

// encrypt encrypts a value as Chrome does on Linux without a keyring.
func encrypt(t *testing.T, host, value string, version int) string {
	t.Helper()
	key, err := linuxKey()
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte(value)
	if version >= hashVersion {
		sum := sha256.Sum256([]byte(host))
		plain = append(sum[:], plain...)
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, bytes.Repeat([]byte(" "), aes.BlockSize)).CryptBlocks(plain, plain)
	return fmt.Sprintf("x'%x'", append([]byte("v10"), plain...))
}

func TestChrome(t *testing.T) {
	n := 0
	row := func(host, top, name, value, encrypted string, expires int64, secure, priority, sameSite, ancestor int) string {
		n++
		return fmt.Sprintf(`INSERT INTO cookies VALUES (%d, '%s', '%s', '%s', '%s', %s, '/', %d, %d, 1, %d, %d, 1, %d, %d, 2, 443, 0, 0, %d)`,
			13300000000000000+int64(n), host, top, name, value, encrypted, expires, secure, int64(13300000000000000), min(expires, 1), priority, sameSite, ancestor)
	}
	const until = (e2100 + 11644473600) * 1e6
	for _, version := range []int{23, 24} {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			n = 0
			other := encrypt(t, "other.example", secret, version)
			otherWant, otherSkipped := []string{`"moved" for example.com/ = s3cr3t HttpOnly`}, []string(nil)
			if version >= hashVersion {
				otherWant, otherSkipped = nil, []string{"10 profile: value is encrypted with a key other than Chrome's fixed key for Linux without a keyring (v10)"}
			}
			path, _ := database(t, "Cookies",
				"PRAGMA locking_mode = EXCLUSIVE", chromeTable, chromeMeta, fmt.Sprintf("INSERT INTO meta VALUES ('version', '%d')", version),
				row("example.com", "", "plain", secret, "x''", 0, 0, 1, -1, 0),
				row(".example.com", "", "encrypted", "", encrypt(t, ".example.com", secret, version), until, 1, 2, 0, 0),
				row("example.com", "", "old", secret, "x''", 0, 0, 1, 0, 0),
				row("example.com", "", "low", "", encrypt(t, "example.com", strings.Repeat("x", 32), version), 0, 0, 0, 1, 0),
				row("example.com", "https://top.example", "p", "", encrypt(t, "example.com", "", version), 0, 1, 1, 2, 1),
				row("example.com", "https://example.com", "q", "", encrypt(t, "example.com", secret, version), 0, 1, 1, -1, 1),
				row("example.com", "", "keyring", "", "x'763131aabbcc'", 0, 0, 1, -1, 0),
				row("example.com", "", "bound", "", "x'763230aabbcc'", 0, 0, 1, -1, 0),
				row("example.com", "", "short", "", "x'763130aabbcc'", 0, 0, 1, -1, 0),
				row("example.com", "", "moved", "", other, 0, 0, 1, -1, 0),
				row("example.com", "", "dpapi", "", "x'0100'", 0, 0, 1, -1, 0),
				row("example.com", "null", "opaque", "", "x''", 0, 1, 1, -1, 0),
			)
			want := append([]string{
				`"plain" for example.com/ = s3cr3t HttpOnly`,
				`"encrypted" for *.example.com/ = s3cr3t until 2100-01-01T00:00:00Z Secure HttpOnly None High`,
				`"old" for example.com/ = s3cr3t HttpOnly`,
				`"low" for example.com/ = ` + strings.Repeat("x", 32) + ` HttpOnly Lax Low`,
				`"p" for example.com/ in https://top.example (cross-site) =  Secure HttpOnly Strict`,
				`"q" for example.com/ in https://example.com (cross-site) = s3cr3t Secure HttpOnly`,
			}, otherWant...)
			skipped := []string{
				"7 profile: value is encrypted with a key in the desktop's keyring (v11)",
				"8 profile: value is encrypted with a key that only Chrome on Windows can use (v20)",
				"9 profile: value is encrypted with a key other than Chrome's fixed key for Linux without a keyring (v10)",
			}
			skipped = append(skipped, otherSkipped...)
			skipped = append(skipped, "11 profile: value is encrypted by the operating system, probably DPAPI", "12 partition")
			check(t, path, nil, want, skipped)
		})
	}
}

// Read leaves out uncommitted changes of a browser that has crashed or is in a transaction.
// It reads committed changes that are only in the log.
func TestRunning(t *testing.T) {
	for _, mode := range []string{"WAL", "DELETE", "PERSIST"} {
		t.Run(mode, func(t *testing.T) {
			insert := `INSERT INTO moz_cookies (name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly) VALUES ('%s', '1', 'example.com', '/', 1, 1, 1, 0, 0)`
			path, db := database(t, "cookies.sqlite", "PRAGMA journal_mode = "+mode, "PRAGMA cache_size = 1", firefoxTable, fmt.Sprintf(insert, "done"))
			tx, err := db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			defer tx.Rollback()
			for i := range 1000 { // more than fits into the cache, so that some reach the file
				if _, err := tx.Exec(fmt.Sprintf(insert, fmt.Sprint("pending", i))); err != nil {
					t.Fatal(err)
				}
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			check(t, path, nil, []string{`"done" for example.com/ = 1 until 1970-01-01T00:00:01Z`}, nil)
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the browser's file has changed: %v", err)
			}
			if err := tx.Commit(); err != nil {
				t.Errorf("the browser's Commit = %v, want nil", err)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	insert := `INSERT INTO moz_cookies (name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly) VALUES ('%s', '` + secret + `', '%s', '/', 4102444800, 1, 1, 0, 0)`
	path, _ := database(t, "cookies.sqlite", firefoxTable, fmt.Sprintf(insert, "a", "example.com"), fmt.Sprintf(insert, "__Host-b", ".example.com"),
		`INSERT INTO moz_cookies (name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly) VALUES ('c', x'ff', 'example.com', '/', '`+secret+`', 1, 1, 0, 0)`)
	j, _ := jar.New(nil)
	n, err := Load(t.Context(), j, path, nil)
	if n != 1 || j.Len() != 1 || !errors.Is(err, policy.ReasonHostPrefix) || !errors.Is(err, cookiefile.SkipMalformed) || strings.Contains(err.Error(), secret) {
		t.Errorf("Load = %d, %v, want 1, and b and c skipped", n, err)
	}
	var skipped []int
	n, err = Load(t.Context(), j, path, &Options{Skipped: func(e *cookiefile.LineError) { skipped = append(skipped, e.Line) }})
	if n != 1 || err != nil || !slices.Equal(skipped, []int{2, 3}) {
		t.Errorf("Load = %d, %v, skipped %v, want 1, nil, rows 2 and 3", n, err, skipped)
	}
	for range Read(t.Context(), path, nil) {
		break // a loop may end early
	}
}

// A cookie for all hosts below a public suffix becomes host-only, and Load notes it.
func TestLoadForSuffix(t *testing.T) {
	path, _ := database(t, "cookies.sqlite", firefoxTable, `INSERT INTO moz_cookies (name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly)
		VALUES ('a', '`+secret+`', '.localhost', '/', 4102444800, 1, 1, 0, 0)`)
	j, _ := jar.New(nil)
	var noted []error
	n, err := Load(t.Context(), j, path, &Options{Noted: func(e *cookiefile.LineError) { noted = append(noted, e) }})
	if n != 1 || err != nil || len(noted) != 1 || !errors.Is(noted[0], cookiefile.LostDomain) || strings.Contains(noted[0].Error(), secret) {
		t.Errorf("Load = %d, %v, noted %q, want 1, nil, and one note host-only", n, err, noted)
	}
}

// If the clock is behind a cookie's creation, the cap on lifetimes counts from the creation,
// but not from a creation later than the database's last change.
func TestLoadWithWrongClock(t *testing.T) {
	const day = 24 * time.Hour
	written := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ created, now, from time.Time }{
		{written.Add(-30 * day), time.Unix(0, 0), written.Add(-30 * day)},
		{written.Add(-30 * day), written.Add(-365 * day), written.Add(-30 * day)},
		{written.Add(-30 * day), written.Add(30 * day), written.Add(30 * day)},
		{written.Add(3000 * day), time.Unix(0, 0), written},
		{written.Add(3000 * day), written.Add(30 * day), written.Add(30 * day)},
	} {
		path, db := database(t, "cookies.sqlite", firefoxTable, fmt.Sprintf(`INSERT INTO moz_cookies
			(name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly)
			VALUES ('a', '1', 'example.com', '/', 4102444800, 1, %d, 0, 0)`, tt.created.UnixMicro()))
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, written, written); err != nil {
			t.Fatal(err)
		}
		j, _ := jar.New(&jar.Options{Now: func() time.Time { return tt.now }})
		if n, err := Load(t.Context(), j, path, nil); n != 1 || err != nil {
			t.Fatalf("Load = %d, %v, want 1, nil", n, err)
		}
		for c := range j.All() {
			if want := tt.from.Add(400 * day); !c.Expires.Equal(want) {
				t.Errorf("created %v, loaded at %v: Expires = %v, want %v", tt.created, tt.now, c.Expires, want)
			}
		}
	}
}

func TestBroken(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, _ := database(t, "cookies.sqlite", firefoxTable, "INSERT INTO moz_cookies (value) VALUES ('"+strings.Repeat("x", 10000)+"')")
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := database(t, "other.sqlite", "CREATE TABLE bookmarks (url TEXT)")
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for id, tt := range map[string]struct {
		path string
		o    *Options
		ctx  context.Context
	}{
		"missing":  {filepath.Join(dir, "missing"), nil, t.Context()},
		"folder":   {dir, nil, t.Context()},
		"foreign":  {file("foreign", "# Netscape HTTP Cookie File\n"+strings.Repeat("#", 1000)), nil, t.Context()},
		"other":    {other, nil, t.Context()},
		"cut off":  {file("cut", string(data[:len(data)/2])), nil, t.Context()},
		"too big":  {whole, &Options{MaxBytes: 4096}, t.Context()},
		"canceled": {whole, nil, canceled},
	} {
		t.Run(id, func(t *testing.T) {
			j, _ := jar.New(nil)
			_, err := Load(tt.ctx, j, tt.path, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.path) {
				t.Errorf("Load = %v, want an error with the file's name", err)
			}
		})
	}
}

// A database with a flipped bit is read as far as possible. Read does not panic, and its
// errors have the file's name and no value.
func TestFlipped(t *testing.T) {
	const rows = 20
	insert := "INSERT INTO moz_cookies (name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly) VALUES ('a%d', '" + secret + "', 'example.com', '/', 4102444800, 1, 1, 0, 0)"
	statements := []string{firefoxTable}
	for i := range rows {
		statements = append(statements, fmt.Sprintf(insert, i))
	}
	whole, db := database(t, "cookies.sqlite", statements...)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cookies.sqlite")
	failed := 0
	for at := 0; at < len(data); at += 67 {
		flipped := slices.Clone(data)
		flipped[at] ^= 1 << (at % 8)
		if err := os.WriteFile(path, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		got, _, err := read(t, path, nil)
		if len(got) > rows {
			t.Errorf("bit flipped in byte %d: %d cookies of %d", at, len(got), rows)
		}
		if err != nil {
			failed++
			if !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), secret) {
				t.Errorf("bit flipped in byte %d: %v, want the file's name and no value", at, err)
			}
		}
	}
	if failed == 0 {
		t.Error("no flipped bit makes Read fail: does the test damage the database?")
	}
}

// Databases of Chrome before version 66 have other column names, and older ones lack some
// columns.
func TestOldChrome(t *testing.T) {
	const until = (e2100 + 11644473600) * 1e6
	for _, tt := range []struct {
		id, table, insert string
		want              []string
	}{
		{"version 65", `CREATE TABLE cookies (creation_utc INTEGER NOT NULL, host_key TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
			path TEXT NOT NULL, expires_utc INTEGER NOT NULL, secure INTEGER NOT NULL, httponly INTEGER NOT NULL, last_access_utc INTEGER NOT NULL,
			has_expires INTEGER NOT NULL DEFAULT 1, persistent INTEGER NOT NULL DEFAULT 1, priority INTEGER NOT NULL DEFAULT 1,
			encrypted_value BLOB DEFAULT '', firstpartyonly INTEGER NOT NULL DEFAULT 0, UNIQUE (host_key, name, path))`,
			`INSERT INTO cookies VALUES
			(13300000000000001, '.example.com', 'sid', '', '/', %[1]d, 1, 1, 13300000000000000, 1, 1, 2, %[2]s, 0),
			(13300000000000002, 'example.com', 'session', 's3cr3t', '/', 0, 0, 0, 13300000000000000, 0, 0, 1, '', 0),
			(13300000000000003, 'example.com', 'lax', 's3cr3t', '/', 0, 0, 0, 13300000000000000, 0, 0, 1, '', 1),
			(13300000000000004, 'example.com', 'strict', 's3cr3t', '/', 0, 0, 0, 13300000000000000, 0, 0, 1, '', 2),
			(13300000000000005, 'a b', 'bad', 's3cr3t', '/', 0, 0, 0, 13300000000000000, 0, 0, 1, '', 2)`,
			[]string{
				`"sid" for *.example.com/ = s3cr3t until 2100-01-01T00:00:00Z Secure HttpOnly High`,
				`"session" for example.com/ = s3cr3t`,
				`"lax" for example.com/ = s3cr3t Lax`,
				`"strict" for example.com/ = s3cr3t Strict`,
			}},
		{"version 66", `CREATE TABLE cookies (creation_utc INTEGER NOT NULL, host_key TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
			path TEXT NOT NULL, expires_utc INTEGER NOT NULL, is_secure INTEGER NOT NULL, is_httponly INTEGER NOT NULL, last_access_utc INTEGER NOT NULL,
			has_expires INTEGER NOT NULL DEFAULT 1, is_persistent INTEGER NOT NULL DEFAULT 1, priority INTEGER NOT NULL DEFAULT 1,
			encrypted_value BLOB DEFAULT '', firstpartyonly INTEGER NOT NULL DEFAULT 0, UNIQUE (host_key, name, path))`,
			`INSERT INTO cookies VALUES
			(13300000000000001, '.example.com', 'sid', '', '/', %[1]d, 1, 1, 13300000000000000, 1, 1, 2, %[2]s, 1),
			(13300000000000002, 'example.com', 'session', 's3cr3t', '/', 0, 0, 0, 13300000000000000, 0, 0, 1, '', 0),
			(13300000000000003, 'example.com', 'third', 's3cr3t', '/', 0, 0, 0, 13300000000000000, 0, 0, 1, '', 0),
			(13300000000000004, 'example.com', 'fourth', 's3cr3t', '/', 0, 0, 0, 13300000000000000, 0, 0, 1, '', 0),
			(13300000000000005, 'a b', 'bad', 's3cr3t', '/', 0, 0, 0, 13300000000000000, 0, 0, 1, '', 2)`,
			[]string{
				`"sid" for *.example.com/ = s3cr3t until 2100-01-01T00:00:00Z Secure HttpOnly Lax High`,
				`"session" for example.com/ = s3cr3t`,
				`"third" for example.com/ = s3cr3t`,
				`"fourth" for example.com/ = s3cr3t`,
			}},
		{"version 20", `CREATE TABLE cookies (creation_utc INTEGER NOT NULL UNIQUE PRIMARY KEY, host_key TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
			path TEXT NOT NULL, expires_utc INTEGER NOT NULL, secure INTEGER NOT NULL, httponly INTEGER NOT NULL, last_access_utc INTEGER NOT NULL)`,
			`INSERT INTO cookies VALUES
			(13300000000000001, '.example.com', 'sid', 's3cr3t', '/', %[1]d, 1, 1, 13300000000000000),
			(13300000000000002, 'example.com', 'session', 's3cr3t', '/', 0, 0, 0, 13300000000000000),
			(13300000000000003, 'example.com', 'c', '', '/', 0, 0, 0, 13300000000000000),
			(13300000000000004, 'example.com', 'd', '', '/', 0, 0, 0, 13300000000000000),
			(13300000000000005, 'a b', 'bad', 's3cr3t', '/', 0, 0, 0, 13300000000000000) -- %[2].0s`,
			[]string{
				`"sid" for *.example.com/ = s3cr3t until 2100-01-01T00:00:00Z Secure HttpOnly`,
				`"session" for example.com/ = s3cr3t`,
				`"c" for example.com/ = `,
				`"d" for example.com/ = `,
			}},
	} {
		t.Run(tt.id, func(t *testing.T) {
			path, _ := database(t, "Cookies", chromeMeta, "INSERT INTO meta VALUES ('version', '9')", tt.table,
				fmt.Sprintf(tt.insert, int64(until), encrypt(t, ".example.com", secret, 9)))
			check(t, path, nil, tt.want, []string{"5 host"})
		})
	}
}
