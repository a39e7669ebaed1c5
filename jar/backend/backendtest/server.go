package backendtest

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// A Server is a small fake of what Redis or Valkey is to a fleet of workers: a hash of
// encoded records for each domain, and a stream of the batches that were applied. It
// is safe for concurrent use. The zero Server is empty.
//
// It has no network: a call is atomic, and a change is heard at once.
type Server struct {
	mu      sync.Mutex
	domains map[string]map[store.Key][]byte
	stream  [][]message
	grown   chan struct{} // closed when the stream has grown; nil if nobody waits
	broken  error
	applied int
}

// A message is an encoded Op.
type message struct {
	delete bool
	data   []byte
}

// Open returns a connection to the server. It implements [backend.SiteLoader],
// [backend.Watcher] and [backend.Counter].
func (s *Server) Open() *Conn { return &Conn{server: s} }

// Break has every call but Close fail with err until it is called with nil. Those who
// watch are cut off for good.
func (s *Server) Break(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
	s.wake()
}

// Corrupt has the record of that Key, if there is one, be bytes that are none.
func (s *Server) Corrupt(k store.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.domains[k.Domain][k]; ok {
		s.domains[k.Domain][k] = nil
	}
}

// Applied returns how many batches the server has applied.
func (s *Server) Applied() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.applied
}

// wake tells those who wait for the stream to grow. The caller holds s.mu.
func (s *Server) wake() {
	if s.grown != nil {
		close(s.grown)
		s.grown = nil
	}
}

// A Conn is a connection to a [Server].
type Conn struct {
	server *Server
	mu     sync.Mutex
	closed bool
}

var (
	_ backend.SiteLoader = (*Conn)(nil)
	_ backend.Watcher    = (*Conn)(nil)
	_ backend.Counter    = (*Conn)(nil)
)

var errClosed = errors.New("backendtest: the connection is closed")

// lock locks the server, unless a call cannot succeed.
func (c *Conn) lock(ctx context.Context) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.server.mu.Lock()
	if err := c.server.broken; err != nil {
		c.server.mu.Unlock()
		return err
	}
	return nil
}

// Load implements [backend.Backend].
func (c *Conn) Load(ctx context.Context) iter.Seq2[backend.Record, error] {
	return c.load(ctx, func(string) bool { return true })
}

// LoadSite implements [backend.SiteLoader].
func (c *Conn) LoadSite(ctx context.Context, site string) iter.Seq2[backend.Record, error] {
	return c.load(ctx, func(domain string) bool { return domain == site || strings.HasSuffix(domain, "."+site) })
}

func (c *Conn) load(ctx context.Context, want func(domain string) bool) iter.Seq2[backend.Record, error] {
	return func(yield func(backend.Record, error) bool) {
		if err := c.lock(ctx); err != nil {
			yield(backend.Record{}, err)
			return
		}
		found := map[store.Key][]byte{}
		for domain, hash := range c.server.domains {
			if want(domain) {
				maps.Copy(found, hash)
			}
		}
		c.server.mu.Unlock()
		for k, data := range found {
			var r backend.Record
			err := r.UnmarshalBinary(data)
			if err != nil {
				err = &backend.RecordError{Where: k.Name + " for " + k.Domain, Err: err}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// Count implements [backend.Counter].
func (c *Conn) Count(ctx context.Context) (n int, _ error) {
	if err := c.lock(ctx); err != nil {
		return 0, err
	}
	defer c.server.mu.Unlock()
	for _, hash := range c.server.domains {
		n += len(hash)
	}
	return n, nil
}

// Apply implements [backend.Backend].
func (c *Conn) Apply(ctx context.Context, batch []backend.Op) error {
	messages := make([]message, len(batch))
	for i := range batch {
		data, err := batch[i].AppendBinary(nil)
		if err != nil {
			return err
		}
		messages[i] = message{batch[i].Delete, data}
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	s := c.server
	defer s.mu.Unlock()
	if s.domains == nil {
		s.domains = map[string]map[store.Key][]byte{}
	}
	for i := range batch {
		k := batch[i].Key()
		hash := s.domains[k.Domain]
		switch {
		case batch[i].Delete:
			if delete(hash, k); len(hash) == 0 {
				delete(s.domains, k.Domain)
			}
		case hash == nil:
			s.domains[k.Domain] = map[store.Key][]byte{k: messages[i].data}
		default:
			hash[k] = messages[i].data
		}
	}
	s.stream = append(s.stream, messages)
	s.applied++
	s.wake()
	return nil
}

// Watch implements [backend.Watcher].
func (c *Conn) Watch(ctx context.Context) (iter.Seq2[[]backend.Op, error], error) {
	if err := c.lock(ctx); err != nil {
		return nil, err
	}
	at := len(c.server.stream)
	c.server.mu.Unlock()
	return func(yield func([]backend.Op, error) bool) {
		for {
			batches, err := c.read(ctx, at)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, messages := range batches {
				batch, err := decode(messages)
				if !yield(batch, err) || err != nil {
					return
				}
			}
			at += len(batches)
		}
	}, nil
}

// read waits for the stream to go on from at.
func (c *Conn) read(ctx context.Context, at int) ([][]message, error) {
	for {
		if err := c.lock(ctx); err != nil {
			return nil, err
		}
		s := c.server
		if len(s.stream) > at {
			batches := slices.Clone(s.stream[at:])
			s.mu.Unlock()
			return batches, nil
		}
		if s.grown == nil {
			s.grown = make(chan struct{})
		}
		grown := s.grown
		s.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func decode(messages []message) ([]backend.Op, error) {
	batch := make([]backend.Op, len(messages))
	for i, m := range messages {
		batch[i].Delete = m.delete
		if err := batch[i].UnmarshalBinary(m.data); err != nil {
			return nil, err
		}
	}
	return batch, nil
}

// Close implements [backend.Backend].
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errClosed
	}
	c.closed = true
	return nil
}
