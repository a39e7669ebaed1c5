package valkeyjar

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestURL(t *testing.T) {
	for _, tt := range []struct {
		url       string
		addresses []string // nil if it is refused
		secure    bool
	}{
		{"redis://localhost", []string{"localhost:6379"}, false},
		{"valkey://localhost:1/", []string{"localhost:1"}, false},
		{"rediss://a.test,b.test:7", []string{"a.test:6379", "b.test:7"}, true},
		{"valkeys://[::1]:7", []string{"[::1]:7"}, true},
		{"redis://", nil, false},
		{"redis://a.test,", nil, false},
		{"redis://a.test/1", nil, false},
		{"redis://a.test?db=1", nil, false},
		{"redis://user:hunter2@a.test", nil, false},
		{"redis://a.test:hunter2", nil, false},
		{"http://hunter2", nil, false},
		{"hunter2", nil, false},
	} {
		addresses, secure, err := parseURL(tt.url)
		if !slices.Equal(addresses, tt.addresses) && err == nil || (err == nil) != (tt.addresses != nil) || secure != tt.secure && err == nil {
			t.Errorf("parseURL(%q) = %q, %t, %v; want %q, %t", tt.url, addresses, secure, err, tt.addresses, tt.secure)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestPassword(t *testing.T) {
	t.Setenv("VALKEYJAR_TEST", "from the environment\n")
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from a file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		o    Options
		want string
		ok   bool
	}{
		{Options{}, "", true},
		{Options{PasswordEnv: "VALKEYJAR_TEST"}, "from the environment", true},
		{Options{PasswordFile: file}, "from a file", true},
		{Options{PasswordEnv: "VALKEYJAR_TEST", PasswordFile: file}, "", false},
		{Options{PasswordEnv: "VALKEYJAR_TEST_UNSET"}, "", false},
		{Options{PasswordFile: file + ".missing"}, "", false},
	} {
		got, err := tt.o.password()
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("password of %q and %q = %q, %v", tt.o.PasswordEnv, tt.o.PasswordFile, got, err)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{
		{Prefix: "a{b}"}, {Prefix: "a*"}, {Prefix: strings.Repeat("a", 65)}, {Shards: -1}, {Shards: 257},
		{Idle: time.Hour}, {Replicas: -1}, {ReplicaTimeout: -1},
		{TLS: &tls.Config{}}, {PasswordEnv: "VALKEYJAR_TEST_UNSET"}, {Keys: []Key{{Secret: []byte("short")}}},
	} {
		if _, err := Open(t.Context(), "redis://127.0.0.1:1", &o); err == nil || !strings.HasPrefix(err.Error(), "valkeyjar: ") || strings.Contains(err.Error(), "connect") {
			t.Errorf("Open with %+v = %v, want an error about the option", o, err)
		}
	}
	if _, err := Open(t.Context(), "rediss://127.0.0.1:1", &Options{TLS: &tls.Config{InsecureSkipVerify: true}}); err != errVerify {
		t.Errorf("Open without verification = %v, want an error", err)
	}
	if _, err := Open(t.Context(), "redis://127.0.0.1:1", nil); err == nil {
		t.Errorf("Open where nothing listens succeeds")
	}
}
