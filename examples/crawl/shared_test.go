package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alicebob/miniredis/v2"
)

// Crawls with -shared are one session: the second needs no login.
func TestShared(t *testing.T) {
	var logins atomic.Int64
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("session"); err != nil {
			logins.Add(1)
			http.SetCookie(w, &http.Cookie{Name: "session", Value: fmt.Sprint(logins.Load())})
		}
	}))
	defer web.Close()
	m := miniredis.RunT(t)
	m.RequireAuth("hunter2")
	t.Setenv(envPassword, "hunter2")
	t.Setenv(envKeys, "1:n7V0W9d2l0tqXzJz2HkqO8bqXlR4ESmM4Y1o1eQ0p3U=")
	for range 3 {
		var out, errs strings.Builder
		if code := run(t.Context(), []string{"-shared", "redis://" + m.Addr(), web.URL}, &out, &errs); code != 0 {
			t.Fatalf("crawl = %d:\n%s", code, errs.String())
		}
	}
	if logins.Load() != 1 {
		t.Errorf("three crawls have logged in %d times, want once", logins.Load())
	}
	for _, tt := range []struct{ id, server, keys, password string }{
		{"a wrong password", m.Addr(), "", "wrong-password"},
		{"keys that are none", m.Addr(), "hunter2", "hunter2"},
		{"no server", "127.0.0.1:1", "", ""},
	} {
		t.Run(tt.id, func(t *testing.T) {
			t.Setenv(envKeys, tt.keys)
			t.Setenv(envPassword, tt.password)
			var out, errs strings.Builder
			code := run(t.Context(), []string{"-shared", "redis://" + tt.server, web.URL}, &out, &errs)
			if code != exitFailed || errs.String() == "" || strings.Contains(errs.String(), "hunter2") || strings.Contains(errs.String(), "wrong-password") {
				t.Errorf("crawl = %d:\n%s", code, errs.String())
			}
		})
	}
}
