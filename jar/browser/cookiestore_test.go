package browser_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/browser"
	"uacookie/jar/policy"
)

var engines = []jar.UserAgent{jar.Chromium, jar.Firefox}

// named returns the names and values of cookies as document.cookie has them.
func named(all []jar.Cookie) string {
	var pairs []string
	for _, c := range all {
		pairs = append(pairs, strings.TrimPrefix(c.Name+"="+c.Value, "="))
	}
	return strings.Join(pairs, "; ")
}

// What set makes of each argument, as the Cookie Store API says: in both engines the same.
func TestCookieStoreSet(t *testing.T) {
	type init = browser.CookieInit
	long := strings.Repeat("a", 4095)
	for name, tt := range map[string]struct {
		set  init
		want string // cookies then; "" for a TypeError
	}{
		"name and value":           {init{Name: "a", Value: "1"}, "a=1"},
		"empty value":              {init{Name: "a"}, "a="},
		"spaces around":            {init{Name: " a\t", Value: "\t1 "}, "a=1"},
		"comma and quote":          {init{Name: "a", Value: `"1,2"`}, `a="1,2"`},
		"not ASCII":                {init{Name: "ä", Value: "ü"}, "ä=ü"},
		"equals sign in value":     {init{Name: "a", Value: "1=2"}, "a=1=2"},
		"equals sign in name":      {init{Name: "a=b", Value: "1"}, ""},
		"semicolon in name":        {init{Name: "a;b", Value: "1"}, ""},
		"semicolon in value":       {init{Name: "a", Value: "1; Path=/x"}, ""},
		"NUL":                      {init{Name: "a", Value: "1\x00"}, ""},
		"newline":                  {init{Name: "a", Value: "1\n2"}, ""},
		"DEL":                      {init{Name: "a\x7f", Value: "1"}, ""},
		"neither name nor value":   {init{}, ""},
		"no name, equals sign":     {init{Value: "a=1"}, ""},
		"no name, prefix":          {init{Value: "__Host-a"}, ""},
		"no name, prefix in lower": {init{Value: "__secure-a"}, ""},
		"no name, __Http-":         {init{Value: "__Http-a"}, ""},
		"4096 bytes":               {init{Name: "a", Value: long}, "a=" + long},
		"4097 bytes":               {init{Name: "ab", Value: long}, ""},
		"4097 bytes in UTF-8":      {init{Name: "ä", Value: long}, ""},

		"__Host-":             {init{Name: "__Host-a", Value: "1"}, "__Host-a=1"},
		"__Host- with domain": {init{Name: "__Host-a", Value: "1", Domain: "bank.test"}, ""},
		"__host- with path":   {init{Name: "__host-a", Value: "1", Path: "/x"}, ""},
		"__Secure-":           {init{Name: "__Secure-a", Value: "1"}, "__Secure-a=1"},
		"__Http-":             {init{Name: "__Http-a", Value: "1"}, ""},
		"__Host-Http-":        {init{Name: "__host-HTTP-a", Value: "1"}, ""},

		"domain":               {init{Name: "a", Value: "1", Domain: "bank.test"}, "a=1"},
		"domain, leading dot":  {init{Name: "a", Value: "1", Domain: ".bank.test"}, ""},
		"domain, other":        {init{Name: "a", Value: "1", Domain: "evil.test"}, ""},
		"domain, below":        {init{Name: "a", Value: "1", Domain: "www.bank.test"}, ""},
		"domain, suffix alone": {init{Name: "a", Value: "1", Domain: "test"}, ""},
		"domain, half a label": {init{Name: "a", Value: "1", Domain: "ank.test"}, ""},

		"path":               {init{Name: "a", Value: "1", Path: "/app"}, "a=1"},
		"path, no slash":     {init{Name: "a", Value: "1", Path: "app"}, ""},
		"path, added slash":  {init{Name: "a", Value: "1", Path: "/app/"}, "a=1"},
		"path of 1025 bytes": {init{Name: "a", Value: "1", Path: "/" + strings.Repeat("p", 1024)}, ""},

		"strict":           {init{Name: "a", Value: "1", SameSite: "strict"}, "a=1"},
		"lax":              {init{Name: "a", Value: "1", SameSite: "lax"}, "a=1"},
		"none":             {init{Name: "a", Value: "1", SameSite: "none"}, "a=1"},
		"Strict":           {init{Name: "a", Value: "1", SameSite: "Strict"}, ""},
		"partitioned":      {init{Name: "a", Value: "1", Partitioned: true}, "a=1"},
		"expires":          {init{Name: "a", Value: "1", Expires: day0.Add(time.Hour)}, "a=1"},
		"expires far away": {init{Name: "a", Value: "1", Expires: day0.AddDate(20_000, 0, 0)}, "a=1"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, agent := range engines {
				b := browser.Test(t, agent, web("https://bank.test"))
				b.Now = func() time.Time { return day0 }
				s := b.Open("https://bank.test/app/").CookieStore()
				err := s.Set(tt.set)
				if e, ok := errors.AsType[*browser.Exception](err); tt.want == "" && (!ok || e.Name != "TypeError") || tt.want != "" && err != nil {
					t.Errorf("%s: %v, want %q", agent, err, tt.want)
				}
				if err != nil && tt.set.Value != "" && len(tt.set.Value) > 4 && strings.Contains(err.Error(), tt.set.Value) {
					t.Errorf("%s: the error has the value: %v", agent, err)
				}
				all, err := s.GetAll(browser.CookieQuery{})
				if got := named(all); got != tt.want || err != nil {
					t.Errorf("%s: %q, %v, want %q", agent, got, err, tt.want)
				}
			}
		})
	}
}

// day0 is the time of some tests.
var day0 = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A cookie of the API is Secure, Strict, host-only and for the whole site unless the script says
// otherwise, and never HttpOnly.
func TestCookieStoreDefaults(t *testing.T) {
	for _, agent := range engines {
		b := browser.Test(t, agent, web("https://bank.test", "https://www.bank.test", "https://evil.test"))
		b.Now = func() time.Time { return day0 }
		tab := b.Open("https://bank.test/app/")
		if err := tab.CookieStore().Set(browser.CookieInit{Name: "a", Value: "1"}); err != nil {
			t.Fatal(err)
		}
		for c := range b.Jar.All() {
			if !c.Secure || c.HttpOnly || !c.HostOnly || c.Path != "/" || c.SameSite.String() != "Strict" || c.Persistent() {
				t.Errorf("%s: %v", agent, c)
			}
		}
		if b.Open("https://evil.test/").Click("https://bank.test/").Sent("a") || b.Open("https://www.bank.test/").Response().Sent("a") || !tab.Click("/x").Sent("a") {
			t.Errorf("%s: sent elsewhere, or not at all", agent)
		}
		// A script cannot replace what it cannot see.
		b.Open("https://bank.test/set")
		err := b.Open("https://bank.test/").CookieStore().Set(browser.CookieInit{Name: "hidden", Value: "2"})
		if agent == jar.Chromium && !errors.Is(err, policy.ReasonHTTPOnlyOverwrite) || agent == jar.Firefox && err != nil {
			t.Errorf("%s: over an HttpOnly cookie: %v", agent, err)
		}
	}
}

// get and getAll list what a script sees, at the document's own URL alone.
func TestCookieStoreGet(t *testing.T) {
	sites := web()
	sites["https://bank.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a/set" {
			for _, line := range []string{"n=1; Path=/a", "n=2; Path=/", "h=1; HttpOnly", "other=1; Path=/b", "__Host-s=1; Secure; Path=/", "chips=1; Secure; SameSite=None; Partitioned; Path=/"} {
				w.Header().Add("Set-Cookie", line)
			}
		}
	})
	for _, agent := range engines {
		b := browser.Test(t, agent, sites)
		tab := b.Open("https://bank.test/a/set")
		s := tab.CookieStore()
		if all, err := s.GetAll(browser.CookieQuery{}); err != nil || named(all) != "n=1; n=2; __Host-s=1; chips=1" {
			t.Errorf("%s: all: %q, %v", agent, named(all), err)
		}
		if all, err := s.GetAll(browser.CookieQuery{Name: new(" n ")}); err != nil || named(all) != "n=1; n=2" {
			t.Errorf("%s: by name: %q, %v", agent, named(all), err)
		}
		if c, err := s.Get("n"); err != nil || c == nil || c.Value != "1" || (c.Path == "/a") != (agent == jar.Chromium) {
			t.Errorf("%s: the first: %v, %v", agent, c, err)
		}
		for _, name := range []string{"h", "other", "N", ""} {
			if c, err := s.Get(name); c != nil || err != nil {
				t.Errorf("%s: get(%q) = %v, %v, want null", agent, name, c, err)
			}
		}
		for url, ok := range map[string]bool{"https://bank.test/a/set": true, "/a/set#x": true, "set": true, "/a": false, "https://evil.test/a/set": false, "http://bank.test/a/set": false, "https://[": false} {
			_, err := s.GetAll(browser.CookieQuery{URL: url})
			if e, is := errors.AsType[*browser.Exception](err); ok != (err == nil) || err != nil && (!is || e.Name != "TypeError") {
				t.Errorf("%s: url %q: %v", agent, url, err)
			}
		}
	}
}

// delete removes the cookie of the same name, domain and path, and no other.
func TestCookieStoreDelete(t *testing.T) {
	type init = browser.CookieInit
	for name, tt := range map[string]struct {
		delete init
		gone   string
		fails  bool
	}{
		"name":             {init{Name: "root"}, "root", false},
		"not there":        {init{Name: "nope"}, "", false},
		"other path":       {init{Name: "deep"}, "", false},
		"path and slash":   {init{Name: "slash", Path: "/a/"}, "slash", false},
		"wide, host-only":  {init{Name: "wide"}, "", false},
		"domain":           {init{Name: "wide", Domain: "bank.test"}, "wide", false},
		"domain, dot":      {init{Name: "wide", Domain: ".bank.test"}, "", true},
		"domain, other":    {init{Name: "wide", Domain: "evil.test"}, "", true},
		"prefix":           {init{Name: "__Host-h"}, "__Host-h", false},
		"partitioned":      {init{Name: "chips", Partitioned: true}, "chips", false},
		"not partitioned":  {init{Name: "chips"}, "", false},
		"invalid":          {init{Name: "a=b"}, "", true},
		"value is ignored": {init{Name: "root", Value: ";"}, "root", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, agent := range engines {
				b := browser.Test(t, agent, browser.Sites{"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					for _, line := range []string{"root=1; Path=/", "deep=1; Path=/a", "slash=1; Path=/a/", "wide=1; Path=/; Domain=bank.test", "__Host-h=1; Path=/; Secure", "chips=1; Path=/; Secure; SameSite=None; Partitioned"} {
						w.Header().Add("Set-Cookie", line)
					}
				})})
				s := b.Open("https://bank.test/a/b").CookieStore()
				before, _ := s.GetAll(browser.CookieQuery{})
				// Firefox takes no account of host-only, and of a name that no cookie can have.
				if agent == jar.Firefox {
					// At the top level it disregards Partitioned, and so finds no such cookie.
					tt.gone = map[string]string{"wide, host-only": "wide", "partitioned": ""}[name] + strings.TrimSuffix(tt.gone, "chips")
					tt.fails = tt.fails && name != "invalid"
				}
				if err := s.Delete(tt.delete); (err != nil) != tt.fails {
					t.Errorf("%s: %v", agent, err)
				}
				after, _ := s.GetAll(browser.CookieQuery{})
				var gone []string
				for _, c := range before {
					if !slices.ContainsFunc(after, func(d jar.Cookie) bool { return c.Name == d.Name }) {
						gone = append(gone, c.Name)
					}
				}
				if strings.Join(gone, " ") != tt.gone {
					t.Errorf("%s: gone: %q, want %q", agent, gone, tt.gone)
				}
			}
		})
	}
}

// Who has no Cookie Store is told so by the exception that a script gets.
func TestCookieStoreExceptions(t *testing.T) {
	for _, agent := range engines {
		b := browser.Test(t, agent, web("https://bank.test", "http://bank.test", "http://localhost:8080"))
		tab := b.Open("https://bank.test/set")
		worker, err := tab.StartWorker(browser.DedicatedWorker, "/worker.js")
		if err != nil {
			t.Fatal(err)
		}
		for want, stores := range map[string][]*browser.CookieStore{
			"ReferenceError": {b.Open("http://bank.test/").CookieStore(), b.Open("http://bank.test/").Embed("https://bank.test/").CookieStore(), worker.CookieStore()},
			"SecurityError":  {tab.Sandbox("/").CookieStore(), tab.Sandbox("about:srcdoc", "allow-scripts").CookieStore()},
			"":               {tab.Embed("about:srcdoc").CookieStore(), b.Open("http://localhost:8080/").CookieStore()},
		} {
			for i, s := range stores {
				_, one := s.Get("lax")
				_, all := s.GetAll(browser.CookieQuery{})
				for method, err := range map[string]error{"get": one, "getAll": all, "set": s.Set(browser.CookieInit{Name: "a", Value: "1"}), "delete": s.Delete(browser.CookieInit{Name: "a"})} {
					e, ok := errors.AsType[*browser.Exception](err)
					if want == "" && err != nil || want != "" && (!ok || e.Name != want || !strings.HasPrefix(err.Error(), want+": ")) {
						t.Errorf("%s: %d, %s: %v, want %q", agent, i, method, err, want)
					}
				}
			}
		}
	}
}

// A document gets the changes of the cookies that its scripts may see, by scripts and by servers.
func TestCookieStoreChanges(t *testing.T) {
	for _, agent := range engines {
		b := browser.Test(t, agent, browser.Sites{"https://bank.test": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if line := r.FormValue("set"); line != "" {
				w.Header().Set("Set-Cookie", line)
			}
		}), "https://evil.test": http.NotFoundHandler()})
		tab, other := b.Open("https://bank.test/"), b.Open("https://bank.test/")
		s, evil := tab.CookieStore(), b.Open("https://evil.test/").CookieStore()
		hears := func(what, want string) {
			t.Helper()
			var got []string
			for _, e := range s.Changes() {
				for _, c := range e.Changed {
					got = append(got, "+"+c.Name+"="+c.Value)
				}
				for _, c := range e.Deleted {
					got = append(got, "-"+c.Name+c.Value)
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %s: heard %q, want %q", agent, what, got, want)
			}
		}
		_ = s.Set(browser.CookieInit{Name: "a", Value: "1"})
		hears("set", "+a=1")
		_ = s.Delete(browser.CookieInit{Name: "a"})
		hears("delete", "-a")
		_ = s.Delete(browser.CookieInit{Name: "a"})
		hears("delete nothing", "")
		_ = s.Set(browser.CookieInit{Name: "a", Value: "1", Path: "/elsewhere"})
		hears("another path", map[jar.UserAgent]string{jar.Chromium: "", jar.Firefox: "+a=1"}[agent])
		_ = other.SetCookie("b=1")
		hears("document.cookie in another tab", "+b=1")
		other.Fetch("/?set=c%3D1", nil)
		hears("a response", "+c=1")
		other.Fetch("/?set=h%3D1%3B+HttpOnly", nil)
		hears("HttpOnly", "")
		other.Fetch("/?set=c%3D1%3B+Max-Age%3D0", nil)
		hears("a response that deletes", "-c")
		tab.Click("/x")
		_ = other.SetCookie("d=1")
		hears("the document is gone", "")
		if e := evil.Changes(); len(e) > 0 {
			t.Errorf("%s: another site hears %v", agent, e)
		}
	}
}

// A service worker hears of what it has subscribed to.
func TestSubscriptions(t *testing.T) {
	for _, agent := range engines {
		b := browser.Test(t, agent, web("https://bank.test"))
		tab := b.Open("https://bank.test/app/")
		worker, err := tab.StartWorker(browser.ServiceWorker, "/app/worker.js")
		if err != nil {
			t.Fatal(err)
		}
		s, other := worker.CookieStore(), tab.CookieStore()
		_ = other.Set(browser.CookieInit{Name: "a", Value: "1"})
		if e := s.Changes(); len(e) > 0 {
			t.Errorf("%s: without a subscription it hears %v", agent, e)
		}
		if err := s.Subscribe(browser.CookieQuery{Name: new("a")}, browser.CookieQuery{Name: new("a"), URL: "/app/"}, browser.CookieQuery{Name: new("b"), URL: "x"}); err != nil {
			t.Fatal(err)
		}
		subs, err := s.Subscriptions()
		if err != nil || len(subs) != 2 || *subs[1].Name != "b" || subs[1].URL != "https://bank.test/app/x" {
			t.Errorf("%s: %v, %v", agent, subs, err)
		}
		_ = other.Set(browser.CookieInit{Name: "a", Value: "2"})
		_ = other.Set(browser.CookieInit{Name: "c", Value: "2"})
		if e := s.Changes(); len(e) != 1 || named(e[0].Changed) != "a=2" {
			t.Errorf("%s: it hears %v", agent, e)
		}
		if err := s.Unsubscribe(browser.CookieQuery{Name: new("a")}); err != nil {
			t.Fatal(err)
		}
		_ = other.Set(browser.CookieInit{Name: "a", Value: "3"})
		if e := s.Changes(); len(e) > 0 {
			t.Errorf("%s: after unsubscribe it hears %v", agent, e)
		}
		for _, url := range []string{"/", "https://evil.test/app/", "/application"} {
			if e, ok := errors.AsType[*browser.Exception](s.Subscribe(browser.CookieQuery{URL: url})); !ok || e.Name != "TypeError" {
				t.Errorf("%s: subscribe to %s: %v", agent, url, e)
			}
		}
	}
}
