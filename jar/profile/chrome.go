package profile

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/store"
)

// hashVersion is the first database version in which the encrypted text begins with the
// SHA-256 of the host.
const hashVersion = 24

// chrome returns the query for cookies.
func chrome(ctx context.Context, db *sql.DB) (query, error) {
	var version int
	err := db.QueryRowContext(ctx, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'version'").Scan(&version)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return query{}, err
	}
	names, err := columns(ctx, db, "cookies")
	if err != nil {
		return query{}, err
	}
	column := func(name, otherwise string) string {
		if names[name] {
			return name
		}
		return otherwise
	}
	// Before Chrome 66 the columns had other names, and 0 was written both for
	// SameSite=None and for no SameSite. In the oldest databases rowid is the time of
	// creation, so rows are counted instead.
	secure, httpOnly, sameSite := "is_secure", "is_httponly", column("samesite", "-1")
	old := !names["is_secure"] && names["secure"]
	if old {
		secure, httpOnly = "secure", "httponly"
	}
	if names["firstpartyonly"] && !names["samesite"] {
		sameSite = "CASE firstpartyonly WHEN 0 THEN -1 ELSE firstpartyonly END"
	}
	key, err := linuxKey()
	if err != nil {
		return query{}, err
	}
	count := 0
	return query{
		sql: "SELECT rowid, creation_utc, host_key, " + column("top_frame_site_key", "''") + ", " + column("has_cross_site_ancestor", "0") +
			", name, value, " + column("encrypted_value", "x''") + ", path, expires_utc, " +
			column("has_expires", "expires_utc <> 0") + ", " + secure + ", " + httpOnly + ", last_access_utc, " +
			column("priority", "1") + ", " + sameSite + " FROM cookies ORDER BY creation_utc, rowid",
		scan: func(rows *sql.Rows) (c jar.Cookie, row int, why error) {
			var (
				host, top                 string
				ancestor, hasExpires      bool
				encrypted                 []byte
				id                        int64
				creation, expires, access int64
				priority, sameSite        int
			)
			err := rows.Scan(&id, &creation, &host, &top, &ancestor, &c.Name, &c.Value, &encrypted, &c.Path,
				&expires, &hasExpires, &c.Secure, &c.HttpOnly, &access, &priority, &sameSite)
			count++
			if row = int(id); old {
				row = count
			}
			if err != nil {
				return c, row, cookiefile.SkipMalformed // the error may quote a value
			}
			var ok bool
			if c.Domain, c.HostOnly, ok = domain(host); !ok {
				return c, row, cookiefile.SkipHost
			}
			if hasExpires {
				c.Expires = chromeTime(expires)
			}
			c.Created, c.LastAccess = chromeTime(creation), chromeTime(access)
			c.SameSite, c.Priority = sameSiteOf(sameSite, c.Secure), chromePriority(priority)
			if top != "" {
				if c.Partition, why = partitionOf(top, c.Domain, ancestor); why != nil {
					return c, row, why
				}
			}
			if len(encrypted) > 0 {
				c.Value, why = decrypt(encrypted, key, host, version)
			}
			return c, row, why
		},
	}, nil
}

// chromeEpoch is 1601, in microseconds after 1970.
const chromeEpoch = -11644473600 * 1e6

// chromeTime returns the time that is micros microseconds after 1601, or the zero Time for 0.
func chromeTime(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros + chromeEpoch).UTC()
}

func chromePriority(n int) store.Priority {
	switch n {
	case 0:
		return store.PriorityLow
	case 2:
		return store.PriorityHigh
	}
	return store.PriorityMedium
}

// linuxKey returns the fixed key that Chrome uses on Linux without a keyring.
func linuxKey() ([]byte, error) {
	return pbkdf2.Key(sha1.New, "peanuts", []byte("saltysalt"), 1, aes.BlockSize)
}

// decrypt decrypts b, the encrypted value of a cookie for host.
func decrypt(b, key []byte, host string, version int) (string, error) {
	switch {
	case bytes.HasPrefix(b, []byte("v10")):
	case bytes.HasPrefix(b, []byte("v11")):
		return "", fmt.Errorf("%w with a key in the desktop's keyring (v11)", ErrEncrypted)
	case bytes.HasPrefix(b, []byte("v20")):
		return "", fmt.Errorf("%w with a key that only Chrome on Windows can use (v20)", ErrEncrypted)
	default:
		return "", fmt.Errorf("%w by the operating system, probably DPAPI", ErrEncrypted)
	}
	b = b[len("v10"):]
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	errKey := fmt.Errorf("%w with a key other than Chrome's fixed key for Linux without a keyring (v10)", ErrEncrypted)
	if len(b) == 0 || len(b)%aes.BlockSize != 0 {
		return "", errKey
	}
	plain := make([]byte, len(b))
	cipher.NewCBCDecrypter(block, bytes.Repeat([]byte(" "), aes.BlockSize)).CryptBlocks(plain, b)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > aes.BlockSize || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(pad)}, pad)) {
		return "", errKey
	}
	plain = plain[:len(plain)-pad]
	if version >= hashVersion {
		sum := sha256.Sum256([]byte(host))
		value, ok := bytes.CutPrefix(plain, sum[:])
		if !ok {
			return "", errKey
		}
		plain = value
	}
	return string(plain), nil
}
