// Package profile reads the cookies in the profiles of browsers: cookies.sqlite of
// Firefox, and Cookies of Chrome, Chromium and their kin.
//
//	n, err := profile.Load(ctx, j, "/home/me/.config/chromium/Default/Cookies", nil)
//
// The browser may be running: its files are only read, copied to a folder that its
// owner alone can enter, and read there. What the browser has not written to disk yet
// is not seen: that takes half a minute in Chrome. Session cookies Chrome writes there
// only if it is set to continue where it was left, and Firefox never.
//
// # Encryption
//
// Chrome encrypts values. Those under the key that it uses on Linux where there is
// no keyring can be read; a cookie with any other is skipped, with an error that is
// [ErrEncrypted] and says which.
package profile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/url"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/internal/filetime"
)

// Options say how a profile is read. Nil and the zero Options take the cookies that
// are in no container.
type Options struct {
	// Container is the userContextId of the Firefox container whose cookies are
	// read. Those of others are left out: they would take each other's place.
	Container int

	// MaxBytes is how large the database may be. Zero means 1 GiB.
	MaxBytes int64

	// Skipped, if not nil, is called by Load for each cookie that it skips,
	// instead of having it in the error that Load returns.
	Skipped func(*cookiefile.LineError)

	// Noted, if not nil, is called by Load for each cookie that is not taken as
	// the database has it: see [cookiefile.ReadOptions].
	Noted func(*cookiefile.LineError)
}

// ErrEncrypted is why a cookie is skipped whose value is under a key that this
// package does not have.
var ErrEncrypted = errors.New("encrypted")

// defaultMaxBytes is far more than browsers keep.
const defaultMaxBytes = 1 << 30

// A query selects cookies from one kind of database.
type query struct {
	sql string

	// scan reads one row: the cookie, its number, and why there is none.
	scan func(*sql.Rows) (c jar.Cookie, row int, why error)
}

// errOtherContainer is why a cookie is left out without a word.
var errOtherContainer = errors.New("other container")

// Read returns the cookies in the database at path, as it has them: no rule is
// applied. An error that is a [*cookiefile.LineError] stands for one row that was
// skipped; its Line is the number of the row. Any other error is the last thing that
// is yielded; it is an [*io/fs.PathError].
func Read(ctx context.Context, path string, o *Options) iter.Seq2[jar.Cookie, error] {
	if o == nil {
		o = new(Options)
	}
	return func(yield func(jar.Cookie, error) bool) {
		err := each(ctx, path, o, func(row int, c jar.Cookie, why error) bool {
			if why != nil {
				return yield(jar.Cookie{}, &cookiefile.LineError{File: path, Line: row, Err: why})
			}
			return yield(c, nil)
		})
		if err != nil {
			yield(jar.Cookie{}, err)
		}
	}
}

// Load puts the cookies in the database at path into j by [jar.Jar.Accept], and
// returns how many there were to keep. Cookies that cannot be read and cookies that j
// refuses are skipped: each is a [*cookiefile.LineError], given to o.Skipped or,
// without that, joined to the error. A creation time that is later than both now and the
// database's last change is cut to the later of the two.
func Load(ctx context.Context, j *jar.Jar, path string, o *Options) (n int, err error) {
	var errs []error
	skipped := func(e *cookiefile.LineError) { errs = append(errs, e) }
	if o == nil {
		o = new(Options)
	}
	if o.Skipped != nil {
		skipped = o.Skipped
	}
	now := time.Now()
	if clock := j.Options().Now; clock != nil {
		now = clock()
	}
	modified := modified(path)
	err = each(ctx, path, o, func(row int, c jar.Cookie, why error) bool {
		c.Created = filetime.Created(c.Created, modified, now)
		if why != nil {
			skipped(&cookiefile.LineError{File: path, Line: row, Err: why})
			return true
		}
		v := j.Accept(c)
		if v.OK() && v.MadeHostOnly && o.Noted != nil {
			why := fmt.Errorf("%v: taken as %w, since its domain is a public suffix", v.Cookie, cookiefile.HostOnly)
			o.Noted(&cookiefile.LineError{File: path, Line: row, Err: why})
		}
		switch {
		case !v.OK():
			skipped(&cookiefile.LineError{File: path, Line: row, Err: v.Refusal()})
		case !v.Removed:
			n++
		}
		return true
	})
	return n, errors.Join(append(errs, err)...)
}

// each calls visit with each cookie, or the reason why there is none. If visit
// returns false it ends, and returns nil.
func each(ctx context.Context, path string, o *Options, visit func(row int, c jar.Cookie, why error) bool) error {
	err := func() error {
		copied, remove, err := snapshot(path, o.MaxBytes)
		if err != nil {
			return err
		}
		defer remove()
		dsn := url.URL{Scheme: "file", Path: filepath.ToSlash(copied), RawQuery: "_pragma=trusted_schema(0)"}
		db, err := sql.Open("sqlite", dsn.String())
		if err != nil {
			return err
		}
		defer db.Close()
		q, err := choose(ctx, db, o)
		if err != nil {
			return err
		}
		rows, err := db.QueryContext(ctx, q.sql)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			c, row, why := q.scan(rows)
			if why != errOtherContainer && !visit(row, c, why) {
				return nil
			}
		}
		return rows.Err()
	}()
	if p, ok := errors.AsType[*fs.PathError](err); ok && p.Path == path || err == nil {
		return err
	}
	return &fs.PathError{Op: "read", Path: path, Err: err}
}

// choose finds out what kind of database it is.
func choose(ctx context.Context, db *sql.DB, o *Options) (query, error) {
	has := func(table string) (n int, err error) {
		err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", table).Scan(&n)
		return n, err
	}
	if n, err := has("moz_cookies"); err != nil || n > 0 {
		if err != nil {
			return query{}, err
		}
		return firefox(ctx, db, o)
	}
	if n, err := has("cookies"); err != nil || n > 0 {
		if err != nil {
			return query{}, err
		}
		return chrome(ctx, db)
	}
	return query{}, cookiefile.Foreign
}

// columns returns the names of a table's columns: they come and go with versions.
func columns(ctx context.Context, db *sql.DB, table string) (map[string]bool, error) {
	rows, err := db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := make(map[string]bool)
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names[name] = true
	}
	return names, rows.Err()
}
