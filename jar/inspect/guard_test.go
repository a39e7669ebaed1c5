package inspect

import (
	"net/http"
	"strings"
	"testing"
)

// Only this machine and no other page is answered, unless the owner says otherwise.
func TestRefuse(t *testing.T) {
	const local, remote = "127.0.0.1:50000", "192.0.2.7:50000"
	none := map[string]string{}
	for _, test := range []struct {
		name, host, from string
		header           map[string]string
		hosts            []string
		ok               bool
	}{
		{"localhost", "localhost:6060", local, none, nil, true},
		{"localhost in capitals", "LOCALHOST", local, none, nil, true},
		{"IPv4", "127.0.0.1:6060", local, none, nil, true},
		{"all of 127.0.0.0/8", "127.8.8.8", "127.8.8.8:1", none, nil, true},
		{"IPv6", "[::1]:6060", "[::1]:50000", none, nil, true},
		{"IPv6 without a port", "[::1]", "[::1]:50000", none, nil, true},
		{"IPv4 in IPv6", "127.0.0.1", "[::ffff:127.0.0.1]:5", none, nil, true},

		{"a site that has its name resolve to 127.0.0.1", "attacker.example:6060", local, none, nil, false},
		{"a name below localhost", "attacker.localhost:6060", local, none, nil, false},
		{"a name that begins like it", "localhost.attacker.example", local, none, nil, false},
		{"an address as a name", "127.0.0.1.attacker.example", local, none, nil, false},
		{"a dot at the end", "localhost.:6060", local, none, nil, false},
		{"any address", "0.0.0.0:6060", local, none, nil, false},
		{"an address of the network", "192.168.1.2:6060", local, none, nil, false},
		{"no host", "", local, none, nil, false},
		{"another machine", "localhost:6060", remote, none, nil, false},
		{"a machine that is not known", "localhost:6060", "@", none, nil, false},
		{"a proxy for another machine", "localhost:6060", local, map[string]string{"X-Forwarded-For": "192.0.2.7"}, nil, false},
		{"a proxy by the standard", "localhost:6060", local, map[string]string{"Forwarded": "for=192.0.2.7"}, nil, false},

		{"a host admitted", "Debug.Example:6060", remote, none, []string{"debug.example"}, true},
		{"a host admitted, by a proxy", "debug.example", local, map[string]string{"X-Forwarded-For": "192.0.2.7"}, []string{"debug.example"}, true},
		{"another host than admitted", "attacker.example", remote, none, []string{"debug.example"}, false},
		{"loopback besides", "localhost", local, none, []string{"debug.example"}, true},
		{"loopback from elsewhere besides", "localhost", remote, none, []string{"debug.example"}, false},
		{"an IPv6 host admitted", "[2001:db8::1]:80", remote, none, []string{"[2001:db8::1]"}, true},
		{"any host admitted", "anything.example", remote, none, []string{"*"}, true},

		{"our page", "localhost:6060", local, map[string]string{"Sec-Fetch-Site": "same-origin"}, nil, true},
		{"an address typed", "localhost:6060", local, map[string]string{"Sec-Fetch-Site": "none"}, nil, true},
		{"a page of another port", "localhost:6060", local, map[string]string{"Sec-Fetch-Site": "same-site"}, nil, false},
		{"a page of another site", "localhost:6060", local, map[string]string{"Sec-Fetch-Site": "cross-site"}, nil, false},
		{"another site, to a host admitted", "debug.example", remote, map[string]string{"Sec-Fetch-Site": "cross-site"}, []string{"*"}, false},
		{"what no browser says", "localhost:6060", local, map[string]string{"Sec-Fetch-Site": "friendly"}, nil, false},
		{"an old browser, our page", "localhost:6060", local, map[string]string{"Origin": "http://localhost:6060"}, nil, true},
		{"an old browser, another port", "localhost:6060", local, map[string]string{"Origin": "http://localhost:6061"}, nil, false},
		{"an old browser, another site", "localhost:6060", local, map[string]string{"Origin": "https://attacker.example"}, nil, false},
		{"an old browser, a sandbox", "localhost:6060", local, map[string]string{"Origin": "null"}, nil, false},
		{"both", "localhost:6060", local, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:6060"}, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := mustJar(t, nil)
			receive(t, j, "https://example.com/", "a=1")
			h := New(j, &Options{Hosts: test.hosts, AllowDelete: true})
			for _, target := range []string{"GET /", "GET /?cookie=x", "GET /explain", "GET /export?format=json", "GET /script.js", "POST /clear"} {
				method, path, _ := strings.Cut(target, " ")
				r, err := http.NewRequest(method, path, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Host, r.RemoteAddr = test.host, test.from
				for k, v := range test.header {
					r.Header.Set(k, v)
				}
				status, _, body := serve(h, r)
				if got := status != http.StatusForbidden; got != test.ok || got == strings.HasPrefix(body, "refused: ") {
					t.Errorf("%s of %q from %s with %v: status %d, want it answered: %t\n%s",
						target, test.host, test.from, test.header, status, test.ok, body)
				}
			}
			if got := j.Len() == 0; got != test.ok {
				t.Errorf("the jar was cleared: %t, want %t", got, test.ok)
			}
		})
	}
}

// Each answer has what keeps it from being framed, kept, sniffed or scripted.
func TestHeader(t *testing.T) {
	h := New(mustJar(t, nil), nil)
	refused := local("GET", "/", nil)
	refused.Host = "attacker.example"
	for _, r := range []*http.Request{
		local("GET", "/", nil), local("GET", "/explain", nil), local("GET", "/export", nil), local("GET", "/export?format=json", nil),
		local("GET", "/style.css", nil), local("GET", "/script.js", nil), local("GET", "/icon.svg", nil), local("GET", "/nothing", nil),
		local("POST", "/clear", nil), local("PUT", "/", nil), refused,
	} {
		status, header, _ := serve(h, r)
		for field, want := range map[string]string{
			"X-Frame-Options":              "DENY",
			"X-Content-Type-Options":       "nosniff",
			"Cache-Control":                "no-store",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := header.Get(field); got != want {
				t.Errorf("%s %s, status %d: %s: %q, want %q", r.Method, r.URL, status, field, got, want)
			}
		}
		csp := header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp+";", want+";") {
				t.Errorf("%s %s: Content-Security-Policy %q, want %q in it", r.Method, r.URL, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s %s: Content-Security-Policy %q allows what is unsafe", r.Method, r.URL, csp)
		}
		if header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s: other origins may read it", r.Method, r.URL)
		}
		if header.Get("Content-Type") == "" {
			t.Errorf("%s %s: no Content-Type", r.Method, r.URL)
		}
	}
}
