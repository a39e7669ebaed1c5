package cookiefile

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"uacookie/jar"
	"uacookie/jar/match"
)

// A goCookie is an http.Cookie, or an entry of persistent-cookiejar, as encoding/json
// writes them. .NET's System.Net.Cookie is similar enough to be read as well.
type goCookie struct {
	Name, Value, Domain, Path string
	Quoted                    bool // the value was quoted; Value is without the quotes
	Expires                   moment
	MaxAge                    *int64 // of http.Cookie
	Secure, HttpOnly          bool
	SameSite                  sameSiteWord
	Partitioned               bool

	Persistent, HostOnly *bool // of persistent-cookiejar
	Creation, LastAccess moment
}

// isGo reports whether a JSON object has a member "Name". Other programs write "name", and
// encoding/json does not distinguish the two.
func isGo(raw []byte) bool {
	if !bytes.Contains(raw, []byte(`"Name"`)) {
		return false
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return false
	}
	var name string
	raw, ok := members["Name"]
	_, other := members["name"]
	return ok && !other && json.Unmarshal(raw, &name) == nil && string(raw) != "null"
}

// parseGo parses one cookie for which isGo is true. A Max-Age without a time of creation
// counts from now, as in Go's own jar.
func parseGo(raw []byte, now func() time.Time) (c jar.Cookie, why Skip) {
	var g goCookie
	if json.Unmarshal(raw, &g) != nil { // the error may quote the value
		return c, SkipMalformed
	}
	c.Name, c.Value, c.Path = g.Name, g.Value, g.Path
	if g.Quoted {
		c.Value = `"` + c.Value + `"`
	}
	if c.Path == "" {
		c.Path = "/"
	}
	c.Secure, c.HttpOnly = g.Secure, g.HttpOnly
	domain, dotted := strings.CutPrefix(g.Domain, ".")
	var ok bool
	if c.Domain, ok = match.Host(domain); !ok {
		return c, SkipHost
	}
	switch {
	case g.HostOnly != nil:
		c.HostOnly = *g.HostOnly
	case g.MaxAge == nil:
		c.HostOnly = !dotted
	} // else it is a Domain attribute
	switch {
	case g.MaxAge != nil && *g.MaxAge != 0:
		c.Expires = lifetime{true, float64(*g.MaxAge)}.expiry(g.Creation.Time, now())
	case g.Persistent == nil || *g.Persistent:
		c.Expires = g.Expires.Time
	}
	c.Created, c.LastAccess = g.Creation.Time, g.LastAccess.Time
	if c.SameSite, ok = g.SameSite.golang(); !ok {
		return c, SkipAttribute
	}
	if g.Partitioned {
		return c, SkipPartition // the partition itself is not in the file
	}
	return c, 0
}
