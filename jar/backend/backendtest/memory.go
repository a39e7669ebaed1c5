package backendtest

import (
	"context"
	"errors"
	"iter"
	"maps"
	"sync"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// A Memory keeps cookies for one jar after another in memory, encoded as a database has
// them. It is safe for concurrent use. The zero Memory is empty.
type Memory struct {
	mu      sync.Mutex
	domains map[string]map[store.Key][]byte
	broken  error
	applied int
}

// Open returns a connection. It implements [backend.Backend] and [backend.Counter].
func (s *Memory) Open() *MemoryConn { return &MemoryConn{memory: s} }

// Break makes every call but Close fail with err until Break is called with nil.
func (s *Memory) Break(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}

// Corrupt replaces the record of that Key, if there is one, by bytes that are no record.
func (s *Memory) Corrupt(k store.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.domains[k.Domain][k]; ok {
		s.domains[k.Domain][k] = nil
	}
}

// Applied returns how many batches were applied.
func (s *Memory) Applied() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.applied
}

// A MemoryConn is a connection to a [Memory].
type MemoryConn struct {
	memory *Memory
	mu     sync.Mutex
	closed bool
}

var (
	_ backend.Counter = (*MemoryConn)(nil)
)

var errClosed = errors.New("backendtest: the connection is closed")

// lock locks the memory, unless a call cannot succeed.
func (c *MemoryConn) lock(ctx context.Context) error {
	c.mu.Lock()
	closed := c.closed
	c.mu.Unlock()
	if closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.memory.mu.Lock()
	if err := c.memory.broken; err != nil {
		c.memory.mu.Unlock()
		return err
	}
	return nil
}

// Load implements [backend.Backend].
func (c *MemoryConn) Load(ctx context.Context) iter.Seq2[backend.Record, error] {
	return func(yield func(backend.Record, error) bool) {
		if err := c.lock(ctx); err != nil {
			yield(backend.Record{}, err)
			return
		}
		found := map[store.Key][]byte{}
		for _, hash := range c.memory.domains {
			maps.Copy(found, hash)
		}
		c.memory.mu.Unlock()
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
func (c *MemoryConn) Count(ctx context.Context) (n int, _ error) {
	if err := c.lock(ctx); err != nil {
		return 0, err
	}
	defer c.memory.mu.Unlock()
	for _, hash := range c.memory.domains {
		n += len(hash)
	}
	return n, nil
}

// Apply implements [backend.Backend].
func (c *MemoryConn) Apply(ctx context.Context, batch []backend.Op) error {
	encoded := make([][]byte, len(batch))
	for i := range batch {
		data, err := batch[i].AppendBinary(nil)
		if err != nil {
			return err
		}
		encoded[i] = data
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	s := c.memory
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
			s.domains[k.Domain] = map[store.Key][]byte{k: encoded[i]}
		default:
			hash[k] = encoded[i]
		}
	}
	s.applied++
	return nil
}

// Close implements [backend.Backend].
func (c *MemoryConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errClosed
	}
	c.closed = true
	return nil
}
