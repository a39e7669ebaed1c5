package profile

import (
	"context"
	"database/sql"
	"net/url"
	"strconv"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// millisecondSchema is the first schema version with expiries in milliseconds; earlier
// versions have seconds.
const millisecondSchema = 16

// firefox returns the query for moz_cookies.
func firefox(ctx context.Context, db *sql.DB, o *Options) (query, error) {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return query{}, err
	}
	names, err := columns(ctx, db, "moz_cookies")
	if err != nil {
		return query{}, err
	}
	sameSite, attributes := "256", "''"
	if names["sameSite"] {
		sameSite = "sameSite"
	}
	if names["originAttributes"] {
		attributes = "originAttributes"
	}
	return query{
		sql: "SELECT id, " + attributes + ", name, value, host, path, expiry, lastAccessed, creationTime, isSecure, isHttpOnly, " + sameSite +
			" FROM moz_cookies ORDER BY creationTime, id",
		scan: func(rows *sql.Rows) (c jar.Cookie, row int, why error) {
			var (
				attributes, host         string
				expiry, access, creation int64
				sameSite                 int
			)
			err := rows.Scan(&row, &attributes, &c.Name, &c.Value, &host, &c.Path, &expiry, &access, &creation, &c.Secure, &c.HttpOnly, &sameSite)
			if err != nil {
				return c, row, cookiefile.SkipMalformed // the error may quote a value
			}
			var ok bool
			if c.Domain, c.HostOnly, ok = domain(host); !ok {
				return c, row, cookiefile.SkipHost
			}
			if version >= millisecondSchema {
				c.Expires = time.UnixMilli(expiry).UTC()
			} else {
				c.Expires = time.Unix(expiry, 0).UTC()
			}
			c.Created, c.LastAccess = time.UnixMicro(creation).UTC(), time.UnixMicro(access).UTC()
			c.SameSite = sameSiteOf(sameSite, c.Secure)
			c.Partition, why = firefoxPartition(attributes, c.Domain, o.Container)
			return c, row, why
		},
	}, nil
}

// firefoxPartition returns the partition in origin attributes, such as
// "^partitionKey=%28https%2Cexample.com%29&userContextId=1". The error is errOtherContainer
// if they name another container.
func firefoxPartition(attributes, host string, container int) (p jar.Partition, why error) {
	values, err := url.ParseQuery(strings.TrimPrefix(attributes, "^"))
	if err != nil || values.Get("firstPartyDomain") != "" {
		return p, cookiefile.SkipPartition
	}
	id := 0
	if s := values.Get("userContextId"); s != "" {
		if id, err = strconv.Atoi(s); err != nil {
			return p, cookiefile.SkipPartition
		}
	}
	if id != container {
		return p, errOtherContainer
	}
	key := values.Get("partitionKey")
	if key == "" {
		return p, nil
	}
	// (scheme,base domain[,port][,f]), with f for a cross-site ancestor.
	inner, open := strings.CutPrefix(key, "(")
	inner, closed := strings.CutSuffix(inner, ")")
	fields := strings.Split(inner, ",")
	if !open || !closed || len(fields) < 2 {
		return p, cookiefile.SkipPartition
	}
	ancestor := fields[len(fields)-1] == "f"
	return partitionOf(fields[0]+"://"+fields[1], host, ancestor)
}
