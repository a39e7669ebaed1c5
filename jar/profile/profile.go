// Package profile reads the cookies in browser profiles: cookies.sqlite of Firefox, and
// Cookies of Chrome, Chromium and browsers built on them.
//
//	n, err := profile.Load(ctx, j, "/home/me/.config/chromium/Default/Cookies", nil)
//
// The browser may be running: this package copies its files to a folder that only the
// current user can enter, and reads the copies. Cookies that the browser has not yet
// written to disk are missing; Chrome writes them within half a minute. Chrome writes
// session cookies only if it is set to continue where you left off, and Firefox never does.
//
// Firefox keeps the cookies of third parties in partitions, with or without Secure. A jar whose
// user agent is Firefox takes them all. Others refuse those without Secure, with the reason
// policy.ReasonPartitioned.
//
// # Encryption
//
// Chrome encrypts values. This package can decrypt the values that Chrome wrote on Linux
// without a keyring. It skips a cookie encrypted with any other key; the error wraps
// [ErrEncrypted] and says which key.
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
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/internal/filetime"
	"uacookie/jar/internal/partition"
	"uacookie/jar/match"
	"uacookie/jar/store"
)

// Options configure [Read] and [Load]. Nil and the zero Options read the cookies outside of
// all containers.
type Options struct {
	// Container is the userContextId of the Firefox container to read. Cookies of other
	// containers are left out, since cookies of the same identity would overwrite each
	// other.
	Container int

	// MaxBytes is the maximum size of the database in bytes. Zero means 1 GiB.
	MaxBytes int64

	// Skipped, if not nil, is called by Load for each cookie that it skips. If it is nil,
	// Load returns these errors.
	Skipped func(*cookiefile.LineError)

	// Noted, if not nil, is called by Load for each cookie that is not taken as
	// the database has it: see [cookiefile.ReadOptions].
	Noted func(*cookiefile.LineError)
}

// ErrEncrypted is the error for a cookie whose value is encrypted with a key that this
// package does not have. Such a cookie is skipped.
var ErrEncrypted = errors.New("profile: value is encrypted")

// defaultMaxBytes is far more than any browser keeps.
const defaultMaxBytes = 1 << 30

// A query selects cookies from one kind of database.
type query struct {
	sql string

	// scan reads one row. It returns its cookie and number or, if the row is skipped, the
	// reason.
	scan func(*sql.Rows) (c jar.Cookie, row int, why error)
}

// errOtherContainer is the reason for leaving out a cookie silently.
var errOtherContainer = errors.New("other container")

// Read yields the cookies in the database at path without applying any rule to them. It
// yields a [*cookiefile.LineError], whose Line is the number of the row, for each row that
// it skips, and continues. Any other error is an [*io/fs.PathError] and the last element.
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

// Load passes the cookies in the database at path to [jar.Jar.Accept] and returns the number
// of cookies that j stored. It skips cookies that cannot be read and cookies that j refuses.
// It passes a [*cookiefile.LineError] for each of them to o.Skipped or, if that is nil,
// joins them into its error.
// A creation time that is later than both now and the database's last change is cut to the
// later of the two.
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
			why := fmt.Errorf("%v: taken as %w, since its domain is a public suffix", v.Cookie, cookiefile.LostDomain)
			o.Noted(&cookiefile.LineError{File: path, Line: row, Err: why})
		}
		switch {
		case !v.OK():
			skipped(&cookiefile.LineError{File: path, Line: row, Err: v.Err()})
		case !v.Removed:
			n++
		}
		return true
	})
	return n, errors.Join(append(errs, err)...)
}

// each calls visit for each row with its cookie or, if the row is skipped, with the reason.
// If visit returns false, each returns nil.
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

// choose returns the query for the kind of database that db is.
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
	return query{}, cookiefile.ErrForeign
}

// columns returns the names of a table's columns, which differ between versions.
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

// domain returns the domain of a host column, and whether the cookie is host-only: then the
// column does not begin with a dot.
func domain(host string) (_ string, hostOnly, ok bool) {
	host, dotted := strings.CutPrefix(host, ".")
	host, ok = match.Host(host)
	return host, !dotted, ok
}

// sameSiteOf returns the SameSite of a column's value, which is the same in both browsers. Old
// versions also wrote 0 for a cookie without the attribute, so 0 means None only for Secure
// cookies.
func sameSiteOf(column int, secure bool) jar.SameSite {
	switch {
	case column == 0 && secure:
		return store.SameSiteNone
	case column == 1:
		return store.SameSiteLax
	case column == 2:
		return store.SameSiteStrict
	}
	return store.SameSiteDefault
}

// partitionOf returns the partition of a cookie for host under a top-level site. A host of
// another site always has a cross-site ancestor, whatever ancestor says.
func partitionOf(topLevel, host string, ancestor bool) (jar.Partition, error) {
	p, ok := partition.Of(topLevel, host)
	if !ok {
		return p, cookiefile.SkipPartition
	}
	p.CrossSiteAncestor = p.CrossSiteAncestor || ancestor
	return p, nil
}
