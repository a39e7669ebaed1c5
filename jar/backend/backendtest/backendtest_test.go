package backendtest_test

import (
	"testing"

	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
)

func TestMemory(t *testing.T) {
	backendtest.Run(t, func(t *testing.T) func() (backend.Backend, error) {
		m := new(backendtest.Memory)
		return func() (backend.Backend, error) { return m.Open(), nil }
	})
}

// A Backend with no more than the three methods passes, too.
func TestPlain(t *testing.T) {
	backendtest.Run(t, func(t *testing.T) func() (backend.Backend, error) {
		m := new(backendtest.Memory)
		return func() (backend.Backend, error) { return struct{ backend.Backend }{m.Open()}, nil }
	})
}

func TestServer(t *testing.T) {
	backendtest.RunShared(t, func(t *testing.T) backendtest.SharedServer {
		s := new(backendtest.Server)
		return backendtest.SharedServer{
			Open: func() (backend.Shared, error) { return s.Open(), nil },
			Cut:  s.Cut, Restart: s.Restart, Trim: func(string) { s.Trim() },
		}
	})
}
