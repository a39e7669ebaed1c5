package browser_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/scenario"
)

func mustParse(s string) *url.URL { u, _ := url.Parse(s); return u }

func decode(data json.RawMessage) any {
	var v any
	_ = json.Unmarshal(data, &v)
	return v
}

// decodeResult returns a recorded result: an exception or undefined as it stands.
func decodeResult(s string) any {
	var v any
	if json.Unmarshal([]byte(s), &v) != nil {
		return s
	}
	return v
}

// callStore does what a script's call does, and returns what that gets: a script's arguments are
// converted first, which may fail.
func callStore(s *browser.CookieStore, c scenario.Call, agent jar.UserAgent) any {
	var args []any
	for _, a := range c.Args {
		args = append(args, decode(a))
	}
	switch c.Method {
	case "get", "getAll":
		q, members := query(args)
		all, err := s.GetAll(q)
		switch {
		case c.Method == "get" && members == 0 && exception(err) != "ReferenceError" && exception(err) != "SecurityError":
			return "TypeError"
		case err != nil:
			return exception(err)
		case c.Method == "getAll":
			return told1(all, agentOf(all), false)
		case len(all) == 0:
			return nil
		}
		return told1(all[:1], agentOf(all), false)[0]
	case "set", "delete":
		init, ok := initOf(c.Method, args, agent)
		if _, err := s.GetAll(browser.CookieQuery{}); err != nil {
			return exception(err)
		}
		if !ok {
			return "TypeError"
		}
		f := s.Set
		if c.Method == "delete" {
			f = s.Delete
		}
		if err := f(init); err != nil {
			return exception(err)
		}
		return "undefined"
	case "subscribe", "unsubscribe":
		if len(args) == 0 {
			return "TypeError"
		}
		var all []browser.CookieQuery
		for _, a := range args[0].([]any) {
			q, _ := query([]any{a})
			all = append(all, q)
		}
		f := s.Subscribe
		if c.Method == "unsubscribe" {
			f = s.Unsubscribe
		}
		if err := f(all...); err != nil {
			return exception(err)
		}
		return "undefined"
	case "getSubscriptions":
		subs, err := s.Subscriptions()
		if err != nil {
			return exception(err)
		}
		out := []any{}
		for _, q := range subs {
			m := map[string]any{"url": q.URL}
			if q.Name != nil {
				m["name"] = *q.Name
			}
			out = append(out, m)
		}
		return out
	}
	return "unknown method"
}

func exception(err error) string {
	if e, ok := errors.AsType[*browser.Exception](err); ok {
		if e.Name == "ReferenceError" {
			return "none"
		}
		return e.Name
	}
	return ""
}

// text1 returns a value as a string of JavaScript.
func text1(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return "null"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return "?"
}

func query(args []any) (q browser.CookieQuery, members int) {
	if len(args) == 0 || args[0] == nil {
		return q, 0
	}
	m, ok := args[0].(map[string]any)
	if !ok {
		q.Name = new(text1(args[0]))
		return q, 1
	}
	if name, ok := m["name"]; ok {
		q.Name = new(text1(name))
		members++
	}
	if u, ok := m["url"]; ok {
		q.URL = text1(u)
		members++
	}
	return q, members
}

// initOf returns the cookie that the arguments of set or delete mean, and whether they can be converted.
func initOf(method string, args []any, agent jar.UserAgent) (c browser.CookieInit, ok bool) {
	if len(args) == 0 {
		return c, false
	}
	m, isDict := args[0].(map[string]any)
	if !isDict {
		c.Name = text1(args[0])
		if method == "delete" {
			return c, true
		}
		if len(args) < 2 {
			return c, false
		}
		c.Value = text1(args[1])
		return c, true
	}
	name, has := m["name"]
	value, hasValue := m["value"]
	if !has || method == "set" && !hasValue {
		return c, false
	}
	c.Name = text1(name)
	if hasValue {
		c.Value = text1(value)
	}
	if d := m["domain"]; d != nil {
		if c.Domain = text1(d); c.Domain == "" && agent == jar.Chromium {
			return c, false // in Go, "" is null
		}
	}
	if p, has := m["path"]; has {
		if c.Path = text1(p); c.Path == "" && agent == jar.Firefox {
			return c, false // in Go, "" is "/"
		}
	}
	if s, has := m["sameSite"]; has {
		if c.SameSite = text1(s); c.SameSite == "" {
			return c, false
		}
	}
	c.Partitioned = m["partitioned"] == true
	switch age := m["maxAge"].(type) {
	case nil:
	case float64:
		c.MaxAge = int(min(age, 1e9))
		if c.MaxAge == 0 {
			c.MaxAge = -1
		}
	}
	switch e := m["expires"].(type) {
	case nil:
	case float64:
		c.Expires = time.UnixMilli(int64(e))
		if e >= 1e17 {
			c.Expires = time.UnixMilli(1e17)
		}
		if e <= -1e17 {
			c.Expires = time.UnixMilli(-1e17)
		}
	default:
		return c, false
	}
	return c, true
}

// agentOf returns whose cookies these are.
func agentOf(all []jar.Cookie) jar.UserAgent {
	if len(all) > 0 && all[0].Path == "" {
		return jar.Firefox
	}
	return jar.Chromium
}

// told1 returns cookies as a script sees them.
func told1(all []jar.Cookie, agent jar.UserAgent, deleted bool) []any {
	out := []any{}
	for _, c := range all {
		m := map[string]any{"name": c.Name}
		if !deleted {
			m["value"] = c.Value
		}
		if agent == jar.Chromium {
			m["domain"], m["expires"], m["path"], m["secure"], m["partitioned"] = nil, nil, c.Path, c.Secure, c.Partition != (jar.Partition{})
			if c.Domain != "" {
				m["domain"] = c.Domain
			}
			if !c.Expires.IsZero() {
				m["expires"] = float64(c.Expires.UnixMilli())
			}
			m["sameSite"] = map[string]string{"": "lax", "Strict": "strict", "Lax": "lax", "None": "none"}[c.SameSite.String()]
			if deleted && c.Expires.IsZero() {
				delete(m, "expires")
			}
			if deleted && c.SameSite.String() == "" {
				delete(m, "sameSite")
			}
		}
		out = append(out, m)
	}
	return out
}

// like reports whether two results are the same, but for the second in which they were made.
func like(a, b any) bool {
	switch a := a.(type) {
	case []any:
		bs, ok := b.([]any)
		if !ok || len(a) != len(bs) {
			return false
		}
		for i := range a {
			if !like(a[i], bs[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		bs, ok := b.(map[string]any)
		if !ok || len(a) != len(bs) {
			return false
		}
		for k := range a {
			v, ok := bs[k]
			if !ok || !like(a[k], v) {
				return false
			}
		}
		return true
	case float64:
		f, ok := b.(float64)
		return ok && math.Abs(a-f) < 3600_000
	}
	return a == b
}

// What a test prints of a cookie that a script sets or is told of has no value.
func TestCookieStoreShowsNoValue(t *testing.T) {
	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, nil))
	c := browser.CookieInit{Name: "session", Value: "S3CR3T", Domain: "bank.test"}
	change := browser.CookieChange{Changed: []jar.Cookie{{Name: "session", Value: "S3CR3T", Domain: "bank.test", Path: "/"}}}
	fmt.Fprintf(&out, "%v %+v %#v %s %v %+v", c, c, c, []browser.CookieInit{c}, change, change)
	log.Info("m", "init", c, "change", change)
	if got := out.String(); strings.Contains(got, "S3CR3T") || strings.Count(got, "session") != 8 {
		t.Errorf("printed: %s", got)
	}
}
