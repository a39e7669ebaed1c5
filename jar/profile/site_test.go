package profile

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

// A cookieSite is several hosts that set cookies, one of them in a frame.
type cookieSite struct {
	*httptest.Server
	done    chan struct{}
	started time.Time
	expires time.Time
	port    string // the port in links, with the colon; may be empty
}

// Cookies by the URL that sets them, with the text that show must return. EXPIRES stands for
// a time about a day in the future.
var siteCookies = map[string][][2]string{
	"www.example.com/": {
		{"session=1", `"session" for www.example.com/ = 1`},
		{"host=2; Expires=EXPIRES", `"host" for www.example.com/ = 2 until EXPIRES`},
		{"domain=3; Domain=example.com; Expires=EXPIRES", `"domain" for *.example.com/ = 3 until EXPIRES`},
		{"path=4; Path=/p q; Max-Age=86400", `"path" for www.example.com/p q = 4 until EXPIRES`},
		{"secure=5; Secure; HttpOnly; Expires=EXPIRES", `"secure" for www.example.com/ = 5 until EXPIRES Secure HttpOnly`},
		{"__Host-lax=6; Secure; Path=/; SameSite=Lax", `"__Host-lax" for www.example.com/ = 6 Secure Lax`},
		{"strict=7; SameSite=Strict; Expires=EXPIRES", `"strict" for www.example.com/ = 7 until EXPIRES Strict`},
		{"none=8; SameSite=None; Secure", `"none" for www.example.com/ = 8 Secure None`},
		{"low=9; Priority=Low", `"low" for www.example.com/ = 9 Low`},
		{"high=10; Priority=High; Expires=EXPIRES", `"high" for www.example.com/ = 10 until EXPIRES High`},
		{"own=11; Secure; Partitioned; Expires=EXPIRES", `"own" for www.example.com/ in https://example.com = 11 until EXPIRES Secure`},
		{"empty=", `"empty" for www.example.com/ = `},
		{`json={"a":["é", 1]}`, `"json" for www.example.com/ = {"a":["é", 1]}`},
		{"nameless", `"" for www.example.com/ = nameless`},
		{"long=" + strings.Repeat("x", 4000), `"long" for www.example.com/ = ` + strings.Repeat("x", 4000)},
		{"gone=1; Max-Age=86400", ""},
		{"gone=1; Max-Age=0", ""},
	},
	"frame.example/": {
		{"framed=12; Secure; SameSite=None; Partitioned; Path=/; Expires=EXPIRES", `"framed" for frame.example/ in https://example.com (cross-site) = 12 until EXPIRES Secure None`},
		{"blocked=13; Domain=www.example.com", ""},
	},
}

// fillers are hosts that set enough cookies to make Chromium write to disk.
const (
	fillers         = 5
	cookiesOfFiller = 150
)

func newCookieSite(t *testing.T, ports bool) *cookieSite {
	now := time.Now()
	s := &cookieSite{done: make(chan struct{}, 1), started: now, expires: now.Add(24 * time.Hour).UTC()}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, c := range siteCookies[strings.TrimSuffix(r.Host, s.port)+r.URL.Path] {
			w.Header().Add("Set-Cookie", strings.Replace(c[0], "EXPIRES", s.expires.Format(http.TimeFormat), 1))
		}
		w.Header().Set("Content-Type", "text/html")
		var n int
		switch _, err := fmt.Sscanf(r.Host, "filler%d.example", &n); {
		case r.URL.Path == "/done":
			select {
			case s.done <- struct{}{}:
			default:
			}
		case err == nil:
			for i := range cookiesOfFiller {
				w.Header().Add("Set-Cookie", fmt.Sprintf("filler%d=1; Max-Age=86400", i))
			}
			if n+1 < fillers {
				fmt.Fprintf(w, "<script>location = 'https://filler%d.example%s/'</script>", n+1, s.port)
			} else {
				fmt.Fprint(w, "<script>fetch('/done')</script>")
			}
		case r.Host == "www.example.com"+s.port && r.URL.Path == "/":
			fmt.Fprintf(w, "<iframe src='https://frame.example%s/' onload=\"location = 'https://filler0.example%[1]s/'\"></iframe>", s.port)
		}
	}))
	if ports {
		s.port = fmt.Sprintf(":%d", s.Listener.Addr().(*net.TCPAddr).Port)
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // browsers close connections at any time
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// want returns the cookies of a profile after all pages were visited, sorted.
func (s *cookieSite) want() (all []string) {
	for _, cookies := range siteCookies {
		for _, c := range cookies {
			if c[1] != "" {
				all = append(all, c[1])
			}
		}
	}
	slices.Sort(all)
	return all
}

// show is show with EXPIRES for an expiry about a day after the start.
func (s *cookieSite) show(c jar.Cookie) string {
	shown := show(c)
	if c.Persistent() && c.Expires.Sub(s.expires).Abs() < time.Minute {
		shown = strings.Replace(shown, c.Expires.Format(time.RFC3339), "EXPIRES", 1)
	}
	return shown
}

func siteHosts() []string {
	hosts := []string{"www.example.com", "frame.example"}
	for i := range fillers {
		hosts = append(hosts, fmt.Sprintf("filler%d.example", i))
	}
	return hosts
}
