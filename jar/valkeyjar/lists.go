package valkeyjar

import (
	"context"
	"sync"

	"github.com/valkey-io/valkey-go"
)

// lists are the names of public suffix lists by their IDs.
type lists struct {
	mu      sync.Mutex
	names   map[string]string
	written map[string]bool
	ids     map[string]string // by name: a hash for each record would cost as much as its encoding
}

// id is listID.
func (l *lists) id(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	id, ok := l.ids[name]
	if !ok {
		id = listID(name)
		if l.ids == nil || len(l.ids) >= maxLists {
			l.ids = map[string]string{}
		}
		l.ids[name] = id
	}
	return id
}

// maxLists is how many IDs are kept. There are few, but a record may have any.
const maxLists = 1000

// writeList makes sure that the server has the name of a list.
func (b *Backend) writeList(ctx context.Context, name string) error {
	l := &b.lists
	id := l.id(name)
	if id == name {
		return nil
	}
	l.mu.Lock()
	written := l.written[name]
	l.mu.Unlock()
	if written {
		return nil
	}
	err := b.one(ctx, func() valkey.Completed {
		return b.client.B().Hset().Key(b.listsKey()).FieldValue().FieldValue(id, name).Build()
	}).Error()
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written == nil || len(l.written) >= maxLists {
		l.written = map[string]bool{}
	}
	l.written[name] = true
	return nil
}

// forgetLists has the names written and read again: the server may have been wiped.
func (b *Backend) forgetLists() {
	b.lists.mu.Lock()
	defer b.lists.mu.Unlock()
	b.lists.names, b.lists.written = nil, nil
}

// list returns the name of a list, and "" if the server does not have it: the jar then
// checks the cookie again.
func (b *Backend) list(ctx context.Context, id string) string {
	if len(id) < 8 {
		return id
	}
	l := &b.lists
	l.mu.Lock()
	name, ok := l.names[id]
	l.mu.Unlock()
	if ok {
		return name
	}
	name, err := b.one(ctx, func() valkey.Completed {
		return b.client.B().Hget().Key(b.listsKey()).Field(id).Build()
	}).ToString()
	if err != nil && !valkey.IsValkeyNil(err) {
		return ""
	}
	if listID(name) != id {
		name = ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.names == nil || len(l.names) >= maxLists {
		l.names = map[string]string{}
	}
	l.names[id] = name
	return name
}
