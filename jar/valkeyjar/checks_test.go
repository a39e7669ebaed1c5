package valkeyjar_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/backend"
	"uacookie/jar/durable"
	"uacookie/jar/store"
	"uacookie/jar/valkeyjar"
)

// hostileRecords are what an attacker with access to the server could put there. All are
// refused, and reported with the reason.
var hostileRecords = []struct {
	id     string
	site   string // under which it is put
	change func(*store.Cookie)
	want   string // part of the error
}{
	{"host prefix and a domain", site, func(c *store.Cookie) { c.Name, c.Secure = "__Host-sid", true }, "host-prefix"},
	{"secure prefix", site, func(c *store.Cookie) { c.Name = "__Secure-sid" }, "secure-prefix"},
	{"public suffix", "co.uk", func(c *store.Cookie) { c.Domain = "co.uk" }, "public-suffix"},
	{"control character in the value", site, func(c *store.Cookie) { c.Value = "a\x00b" }, "control-octet"},
	{"line break in the name", site, func(c *store.Cookie) { c.Name = "a\r\nSet-Cookie: b" }, "control-octet"},
	{"semicolon", site, func(c *store.Cookie) { c.Value = "a; sid=2" }, "malformed"},
	{"oversize", site, func(c *store.Cookie) { c.Value = strings.Repeat("v", 5000) }, "too-long"},
	{"no path", site, func(c *store.Cookie) { c.Path = "" }, "malformed"},
	{"no host", site, func(c *store.Cookie) { c.Domain = "exa mple.com" }, "another site"},
	{"upper case", site, func(c *store.Cookie) { c.Domain = "EXAMPLE.com" }, "another site"},
	{"SameSite=None without Secure", site, func(c *store.Cookie) { c.SameSite = store.SameSiteNone }, "none-insecure"},
	{"nothing", site, func(c *store.Cookie) { c.Name, c.Value = "", "" }, "empty"},
	{"another site's cookie", site, func(c *store.Cookie) { c.Domain = "bank.test" }, "another site"},
	{"the cookie of a subdomain's tenant", site, func(c *store.Cookie) { c.Domain = "www.other.example" }, "another site"},
}

// What comes by Load, LoadSite and Watch passes the checks that the cookies of a file pass,
// although the record names the public suffix list that the jar has. What is refused is
// reported, without its value, and holds up nothing else.
func TestChecks(t *testing.T) {
	valkeyjar.Mini(t) // or all is skipped
	for _, way := range []string{"Load", "LoadSite", "Watch"} {
		for _, tt := range hostileRecords {
			t.Run(way+"/"+tt.id, func(t *testing.T) {
				server := "redis://" + valkeyjar.Mini(t).Addr()
				rogue := open(t, server, valkeyjar.Options{})
				failed := make(chan error, 10)
				changed := make(chan jar.Change, 10)
				o := durable.Options{
					OnDemand: way == "LoadSite", Failed: func(err error) { failed <- err },
					Jar: &jar.Options{Changed: func(c jar.Change) { changed <- c }},
				}
				var j *durable.Jar
				if way == "Watch" {
					j = share(t, server, o)
				}
				now, err := rogue.Now(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				r := backend.Record{
					List:  jar.Standard.String() + " " + new(jar.Jar).Sites().String(),
					Stamp: backend.Stamp{Time: uint64(now.UnixMicro()), Writer: 1},
					Cookie: store.Cookie{
						Name: "sid", Value: "secret-value", Domain: site, Path: "/", Created: now, LastAccess: now, Expires: now.Add(time.Hour),
					},
				}
				good := r
				good.Cookie.Name = "good"
				tt.change(&r.Cookie)
				for s, ops := range map[string][]backend.Op{tt.site: {{Record: r}}, "good.test": {{Record: good}}} {
					if s == "good.test" {
						ops[0].Cookie.Domain = s
					}
					if a := rogue.Apply(t.Context(), []backend.Batch{{Site: s, Ops: ops}})[0]; a.Err != nil {
						t.Fatal(a.Err)
					}
				}
				if j == nil {
					j = share(t, server, o)
				}
				if o.OnDemand {
					for _, s := range []string{tt.site, "good.test"} {
						if err := j.Load(t.Context(), &url.URL{Host: s}); err != nil {
							t.Fatal(err)
						}
					}
				}
				if c := next(t, changed); c.Cookie.Name != "good" {
					t.Errorf("the jar has taken %v", c.Cookie)
				}
				err = next(t, failed)
				if e, ok := errors.AsType[*backend.RecordError](err); !ok || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret-value") {
					t.Errorf("Failed(%v), %v; want a RecordError with %q", err, e, tt.want)
				}
				if j.Len() != 1 {
					t.Errorf("the jar has %d cookies, want the good one", j.Len())
				}
			})
		}
	}
}

// next returns what comes next from a channel, within half a minute.
func next[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	timer := time.NewTimer(30 * time.Second)
	defer timer.Stop()
	select {
	case v := <-from:
		return v
	case <-timer.C:
		t.Fatal("nothing comes")
		panic("unreachable")
	}
}

// A site with a million records, which no worker writes, is not loaded, and costs neither the
// server nor the worker much. What workers write stays within backend.MaxRecords.
func TestMillionRecords(t *testing.T) {
	n := 50_000
	if soak() {
		n = 1_000_000
	}
	s := startServer(t, "--appendonly", "no")
	b := open(t, s.url(), valkeyjar.Options{})
	put(t, b, "sid", "1")
	c := s.client()
	err := c.Do(t.Context(), c.B().Eval().Script(`
		local value = redis.call("HGET", KEYS[1], "\8\3sid\1/")
		for i = 1, tonumber(ARGV[1]) do
			local name = string.format("n%07d", i)
			redis.call("HSET", KEYS[1], "\8\8" .. name .. "\1/", value)
		end
		return 1`).Numkeys(1).Key(valkeyjar.SiteKey("uacookie", 256, site)).Arg(fmt.Sprint(n)).Build()).Error()
	if err != nil {
		t.Fatal(err)
	}
	before, start := heap(), time.Now()
	loaded := load(t, b)
	took := time.Since(start)
	if len(loaded.Records) != 0 || len(loaded.Broken) != 1 || !errors.Is(loaded.Broken[0], valkeyjar.ErrLarge) {
		t.Errorf("LoadSite of %d records has %d records and broken %v, want ErrLarge", n, len(loaded.Records), loaded.Broken)
	}
	start = time.Now()
	put(t, b, "sid", "2")
	t.Logf("with %d records in a site LoadSite took %v, Apply %v, the heap has grown by %d bytes", n, took, time.Since(start), int64(heap())-int64(before))
	j := share(t, s.url(), durable.Options{OnDemand: true, Failed: func(err error) {
		if !errors.Is(err, valkeyjar.ErrLarge) {
			t.Error(err)
		}
	}})
	if err := j.Load(t.Context(), &url.URL{Host: site}); err != nil || j.Len() != 0 {
		t.Errorf("Load = %v, and the jar has %d cookies", err, j.Len())
	}
}
