package valkeyjar_test

import (
	"context"
	"testing"

	"github.com/valkey-io/valkey-go"

	"uacookie/jar/backend"
	"uacookie/jar/backend/backendtest"
	"uacookie/jar/valkeyjar"
)

// opener returns what opens connections for a test.
func opener(t *testing.T, url string, o valkeyjar.Options) func() (backend.Shared, error) {
	return func() (backend.Shared, error) { return valkeyjar.Open(t.Context(), url, &o) }
}

// trimmer returns a function that makes a server forget the tombstones of a site as the
// script does when there are too many.
func trimmer(t *testing.T, addr, key string) {
	t.Helper()
	c, err := valkey.NewClient(valkey.ClientOption{InitAddress: []string{addr}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Do(context.Background(), c.B().Eval().Script(`
		local all = redis.call("HGETALL", KEYS[1])
		local least, state, tombs = string.rep("\0", 19), nil, 0
		for i = 1, #all, 2 do
			local value = all[i + 1]
			if all[i] == "." then state = value
			elseif string.sub(value, 1, 1) == "t" then
				if string.sub(value, 2) > least then least = string.sub(value, 2) end
				redis.call("HDEL", KEYS[1], all[i])
			end
		end
		redis.call("HSET", KEYS[1], ".", string.sub(state, 1, 23) .. "\0\0\0" .. string.sub(state, 27, 29) .. least)`,
	).Numkeys(1).Key(key).Build()).Error()
	if err != nil && !valkey.IsValkeyNil(err) {
		t.Fatal(err)
	}
}

func TestMiniredis(t *testing.T) {
	backendtest.RunShared(t, func(t *testing.T) backendtest.SharedServer {
		m := valkeyjar.Mini(t)
		return backendtest.SharedServer{
			Open: opener(t, "redis://"+m.Addr(), valkeyjar.Options{}),
			Restart: func() {
				m.Close()
				if err := m.Restart(); err != nil {
					t.Fatal(err)
				}
			},
			Trim: func(site string) { trimmer(t, m.Addr(), valkeyjar.SiteKey("uacookie", 256, site)) },
		}
	})
}

func TestServer(t *testing.T) {
	s := startServer(t)
	for _, shards := range []int{1, 256} {
		backendtest.RunShared(t, func(t *testing.T) backendtest.SharedServer {
			prefix := freshPrefix()
			return backendtest.SharedServer{
				Open: opener(t, s.url(), valkeyjar.Options{Shards: shards, Prefix: prefix}),
				Restart: func() {
					s.kill()
					s.start()
				},
				Cut: func() {
					c := s.client()
					for _, kind := range []string{"pubsub", "normal"} {
						if err := c.Do(t.Context(), c.B().Arbitrary("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes").Build()).Error(); err != nil {
							t.Fatal(err)
						}
					}
				},
				Trim: func(site string) { trimmer(t, s.addr, valkeyjar.SiteKey(prefix, shards, site)) },
			}
		})
	}
}
