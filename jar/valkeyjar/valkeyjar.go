// Package valkeyjar shares the cookies of a fleet of workers through a Redis server, 7.0 or
// later: one, one with replicas, or a cluster.
//
//	b, err := valkeyjar.Open(ctx, "rediss://cookies.example", &valkeyjar.Options{
//		Username: "crawler", PasswordEnv: "COOKIES_PASSWORD",
//	})
//	...
//	j, err := durable.OpenShared(ctx, b, nil)
//
// What a fleet can rely on is described by package backend.
//
// # How records are kept
//
// A site is a hash, in one of 256 shards whose keys have a common hash tag: a field for each
// cookie, and one for the state of the site. A script applies a batch to one site, with the
// server's clock. It appends the change to the log of the shard, which is numbered and is
// trimmed to a size, and publishes it. A worker that misses a number reads the log; if
// the log does not have it any more, Watch ends with an error, and the jar compares the
// versions of its sites.
//
// # Replicas and clusters
//
// Open finds out whether the server is part of a cluster. A change is replicated after Apply
// has returned, so that a failover may lose what was written in the last moments. With
// Options.Replicas, Apply waits for replicas (the command WAIT): what it has acknowledged
// survives the loss of one server, if the replica that has it is elected. In a cluster each
// message goes to all nodes.
//
// Without a cluster, the URL names one host, which leads to the master: the worker does not
// look for another one. A virtual address or a proxy that follows a failover does; Watch ends
// then, and the worker goes on with the new master.
//
// # What the server needs
//
//	maxmemory-policy noeviction
//	appendonly yes
//	hash-max-listpack-value 1024
//
// The server must not evict keys: logins would vanish, and deletions be undone. Without
// appendonly, a restart loses changes. The third setting halves the memory of a cookie
// whose encoding is longer than 64 bytes.
//
// # What happens
//
// While the server is away, Apply and LoadSite return errors at once, and the jar writes
// later. After a failover, the workers compare versions. If the server is wiped, the
// sessions are gone. PERFORMANCE.md has figures, settings, and what happens in each case.
//
// A site expires with its last cookie, and not before backend.TombstoneLife has passed
// since its last change.
package valkeyjar

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/valkey-io/valkey-go"

	"uacookie/jar/backend"
)

// A Backend is a connection to a server. It implements [backend.Shared].
type Backend struct {
	client   valkey.Client
	prefix   string
	shards   int
	keys     *keyring
	idle     int64 // seconds
	replicas int
	patience time.Duration
	lists    lists

	mu     sync.Mutex
	closed bool
}

var _ backend.Shared = (*Backend)(nil)

var errClosed = errors.New("valkeyjar: the connection is closed")

// Open connects to the server at a URL such as redis://127.0.0.1 or
// rediss://a.example:6379,b.example:6379. The second form has TLS, which verifies the
// server, and names several nodes of one cluster. A URL has no password and no user.
// Nil Options are the zero Options.
func Open(ctx context.Context, server string, o *Options) (*Backend, error) {
	if o == nil {
		o = new(Options)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	keys, err := newKeyring(o.Keys)
	if err != nil {
		return nil, err
	}
	option, err := o.client(server)
	if err != nil {
		return nil, err
	}
	b := &Backend{
		prefix: o.Prefix, shards: o.Shards, keys: keys, idle: int64(o.Idle / time.Second),
		replicas: o.Replicas, patience: o.ReplicaTimeout,
	}
	if b.prefix == "" {
		b.prefix = defaultPrefix
	}
	if b.shards == 0 {
		b.shards = maxShards
	}
	if b.patience == 0 {
		b.patience = time.Second
	}
	if b.client, err = connect(ctx, option); err != nil {
		return nil, fmt.Errorf("valkeyjar: connect: %w", err)
	}
	return b, nil
}

// connect connects to the server, or gives up when ctx is done.
func connect(ctx context.Context, option valkey.ClientOption) (valkey.Client, error) {
	type result struct {
		client valkey.Client
		err    error
	}
	done := make(chan result, 1)
	go func() {
		client, err := valkey.NewClient(option)
		done <- result{client, err}
	}()
	select {
	case r := <-done:
		return r.client, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil {
				r.client.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// Close implements [backend.Shared].
func (b *Backend) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return errClosed
	}
	b.closed = true
	b.client.Close()
	return nil
}

// The names of keys. What follows the hash tag tells them apart.
const (
	keySite = ":"
	keyHead = "head"
	keyLog  = "log"
)

func (b *Backend) shardOf(site string) int {
	return int(crc32.ChecksumIEEE([]byte(site)) % uint32(b.shards))
}

func (b *Backend) key(shard int, rest string) string {
	return fmt.Sprintf("%s{%02x}%s", b.prefix, shard, rest)
}

func (b *Backend) siteKey(site string) string { return b.key(b.shardOf(site), keySite+site) }

// siteOf returns the site of a key, and false for other keys.
func (b *Backend) siteOf(key string) (site string, ok bool) {
	_, site, ok = strings.Cut(key, "}"+keySite)
	return site, ok && key == b.siteKey(site)
}

func (b *Backend) channel() string  { return b.prefix + ":log" }
func (b *Backend) listsKey() string { return b.prefix + ":lists" }
func (b *Backend) joinKey() string  { return b.prefix + ":protocol" }

// retries is how often a call is made again whose connection was lost. All calls may be.
const retries = 2

// do makes calls, pipelined, again if a connection was lost.
func (b *Backend) do(ctx context.Context, commands func() []valkey.Completed) []valkey.ValkeyResult {
	for try := 0; ; try++ {
		results := b.client.DoMulti(ctx, commands()...)
		if try == retries || ctx.Err() != nil || !lost(results) {
			return results
		}
	}
}

// lost reports whether a connection was lost, as it is after a restart of the server.
func lost(results []valkey.ValkeyResult) bool {
	for _, r := range results {
		if err := r.NonValkeyError(); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			return true
		}
	}
	return false
}

func (b *Backend) one(ctx context.Context, command func() valkey.Completed) valkey.ValkeyResult {
	return b.do(ctx, func() []valkey.Completed { return []valkey.Completed{command()} })[0]
}

// format is the version of how this package keeps records.
const format = 1

// Join implements [backend.Shared]. It also fails if the fleet has another number of shards,
// or if this worker may not publish.
func (b *Backend) Join(ctx context.Context, protocol int) error {
	mine := fmt.Sprintf("%d %d %d", protocol, format, b.shards)
	err := b.one(ctx, func() valkey.Completed {
		return b.client.B().Set().Key(b.joinKey()).Value(mine).Nx().Build()
	}).Error()
	if err != nil && !valkey.IsValkeyNil(err) {
		return fmt.Errorf("valkeyjar: join: %w", err)
	}
	theirs, err := b.one(ctx, func() valkey.Completed {
		return b.client.B().Get().Key(b.joinKey()).Build()
	}).ToString()
	if err != nil {
		return fmt.Errorf("valkeyjar: join: %w", err)
	}
	var p, f, shards int
	if _, err := fmt.Sscanf(theirs, "%d %d %d", &p, &f, &shards); err != nil {
		return fmt.Errorf("valkeyjar: join: %w", backend.ErrMalformed)
	}
	if p != protocol || f != format {
		return fmt.Errorf("valkeyjar: protocol %d.%d, the fleet has %d.%d: %w", protocol, format, p, f, backend.ErrProtocol)
	}
	if shards != b.shards {
		return fmt.Errorf("valkeyjar: %d shards, the fleet has %d", b.shards, shards)
	}
	err = b.one(ctx, func() valkey.Completed {
		return b.client.B().Publish().Channel(b.channel()).Message("").Build()
	}).Error()
	if err != nil {
		return fmt.Errorf("valkeyjar: publish: %w", err)
	}
	return nil
}

// Now implements [backend.Shared].
func (b *Backend) Now(ctx context.Context) (time.Time, error) {
	parts, err := b.one(ctx, func() valkey.Completed { return b.client.B().Time().Build() }).AsStrSlice()
	if err != nil {
		return time.Time{}, fmt.Errorf("valkeyjar: time: %w", err)
	}
	if len(parts) != 2 {
		return time.Time{}, fmt.Errorf("valkeyjar: time: %w", backend.ErrMalformed)
	}
	sec, err1 := strconv.ParseInt(parts[0], 10, 64)
	micros, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return time.Time{}, fmt.Errorf("valkeyjar: time: %w", err)
	}
	return time.Unix(sec, micros*1000), nil
}
