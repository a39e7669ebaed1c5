package jar_test

// This file is a program as it was written for net/http/cookiejar. Only the import
// was changed.

import (
	"fmt"
	"io"
	"net/http"
	stdjar "net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	cookiejar "uacookie/jar"
)

// The two lists are interchangeable.
var (
	_ cookiejar.PublicSuffixList = stdjar.PublicSuffixList(nil)
	_ stdjar.PublicSuffixList    = cookiejar.PublicSuffixList(nil)
	_ http.CookieJar             = (*cookiejar.Jar)(nil)
)

// session is what a program keeps for each of its users.
type session struct {
	jar    *cookiejar.Jar
	client http.Client
}

// ownList is a public suffix list of the program's own.
type ownList struct{}

func (ownList) PublicSuffix(domain string) string {
	return domain[strings.LastIndex(domain, ".")+1:]
}
func (ownList) String() string { return "own list" }

var _ cookiejar.PublicSuffixList = ownList{}

// newSession starts a session.
func newSession(list cookiejar.PublicSuffixList) (*session, error) {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: list})
	if err != nil {
		return nil, err
	}
	s := &session{jar: jar}
	s.client = http.Client{Jar: s.jar}
	return s, nil
}

// get returns the body of a page.
func (s *session) get(url string) (string, error) {
	resp, err := s.client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// save returns the cookies for a site, and restore puts them back.
func (s *session) save(u *url.URL) []*http.Cookie           { return s.jar.Cookies(u) }
func (s *session) restore(u *url.URL, saved []*http.Cookie) { s.jar.SetCookies(u, saved) }

func TestDropIn(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s1", Path: "/", HttpOnly: true})
		http.SetCookie(w, &http.Cookie{Name: "theme", Value: "dark", Path: "/", MaxAge: 3600})
		http.Redirect(w, r, "/home", http.StatusFound)
	})
	mux.HandleFunc("/home", func(w http.ResponseWriter, r *http.Request) {
		for _, c := range r.Cookies() {
			fmt.Fprintf(w, "%s=%s ", c.Name, c.Value)
		}
	})
	mux.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Path: "/", MaxAge: -1})
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	site, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}

	for _, list := range []cookiejar.PublicSuffixList{nil, publicsuffix.List, ownList{}} {
		s, err := newSession(list)
		if err != nil {
			t.Fatal(err)
		}
		page := func(path, want string) {
			t.Helper()
			got, err := s.get(server.URL + path)
			if err != nil || got != want {
				t.Errorf("list %v: GET %s: %q, %v, want %q", list, path, got, err, want)
			}
		}
		page("/home", "")
		page("/login", "session=s1 theme=dark ")
		page("/home", "session=s1 theme=dark ")
		saved := s.save(site)
		page("/logout", "")
		page("/home", "theme=dark ")

		if s, err = newSession(list); err != nil {
			t.Fatal(err)
		}
		s.restore(site, saved)
		page("/home", "session=s1 theme=dark ")
	}
}

func TestDropInNilOptions(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	if client.Jar == nil {
		t.Fatal("no jar")
	}
	u := &url.URL{Scheme: "https", Host: "www.example.com", Path: "/"}
	jar.SetCookies(u, []*http.Cookie{{Name: "a", Value: "1", Domain: "example.com"}})
	if got := jar.Cookies(u); len(got) != 1 || got[0].Name != "a" || got[0].Value != "1" {
		t.Errorf("Cookies = %v, want a=1", got)
	}
	if got := jar.Cookies(&url.URL{Scheme: "https", Host: "other.com"}); len(got) != 0 {
		t.Errorf("Cookies of another site = %v, want none", got)
	}
}
