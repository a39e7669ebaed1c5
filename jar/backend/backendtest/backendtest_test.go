package backendtest_test

import (
	"testing"

	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
)

// The fake server is a Backend with all abilities.
func TestServer(t *testing.T) {
	backendtest.Run(t, func(t *testing.T) func() (backend.Backend, error) {
		s := new(backendtest.Server)
		return func() (backend.Backend, error) { return s.Open(), nil }
	})
}

// A Backend with no more than the three methods passes, too.
func TestPlain(t *testing.T) {
	backendtest.Run(t, func(t *testing.T) func() (backend.Backend, error) {
		s := new(backendtest.Server)
		return func() (backend.Backend, error) { return struct{ backend.Backend }{s.Open()}, nil }
	})
}
