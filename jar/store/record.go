package store

import (
	"time"

	"uacookie/jar/internal/seam"
	"uacookie/jar/store/internal/engine"
)

// The bits of engine.Fields.Flags. The bits of Secure and the priority are the class of the
// entry, by which evictions rank entries.
const (
	flagHostOnly uint8 = 1 << iota
	flagHTTPOnly
	flagPartitioned

	sameSiteShift       = iota
	flagSecure    uint8 = 1 << 5
	priorityShift       = 6
	twoBits             = 3
)

// classOf returns the class of the cookies with this priority and this Secure attribute.
func classOf(p Priority, secure bool) uint8 {
	class := uint8(p) << 1
	if secure {
		class |= 1
	}
	return class
}

func flagsOf(c *Cookie) uint8 {
	f := uint8(c.SameSite)&twoBits<<sameSiteShift | uint8(c.Priority)&twoBits<<priorityShift
	if c.HostOnly {
		f |= flagHostOnly
	}
	if c.Secure {
		f |= flagSecure
	}
	if c.HttpOnly {
		f |= flagHTTPOnly
	}
	if !c.Partition.isZero() {
		f |= flagPartitioned
	}
	return f
}

func priorityOf(it *engine.Item) Priority { return Priority(it.Flags >> priorityShift & twoBits) }

// setInsertion sets add, which is zero, to the insertion of c. It does not return it: the copy
// would read fields just after they were written, and stall the processor.
func setInsertion(add *engine.Insertion, c *Cookie, r seam.Requirements) {
	add.Name, add.Value, add.Domain, add.Path = c.Name, c.Value, c.Domain, c.Path
	add.Created, add.Expires, add.Order = c.Created.UnixMicro(), engine.Never, c.Order
	access := add.Created
	if c.LastAccess != c.Created {
		access = c.LastAccess.UnixMicro()
	}
	if c.Persistent() {
		add.Expires = c.Expires.UnixMicro()
	}
	add.Flags, add.Requires = flagsOf(c), uint8(r)
	add.SetItem(access, engine.NameHash(c.Name))
}

// cookie returns the cookie of an entry, with the current last access.
func cookie(e engine.Entry) (c Cookie) {
	p, it := e.Page, e.Item
	c.Name, c.Value = e.Name(), e.Value()
	c.Domain, c.Path = e.Scope()
	c.HostOnly, c.Secure, c.HttpOnly = has(it, flagHostOnly), has(it, flagSecure), has(it, flagHTTPOnly)
	c.SameSite, c.Priority = SameSite(it.Flags>>sameSiteShift&twoBits), priorityOf(it)
	c.Created, c.LastAccess = fromMicro(it.Created), fromMicro(it.Access())
	c.Order = it.Order
	if it.Expires != engine.Never {
		c.Expires = fromMicro(it.Expires)
	}
	if p.IsPartitioned() {
		c.Partition = Partition(p.Partition())
	}
	return c
}

func has(it *engine.Item, flag uint8) bool { return it.Flags&flag != 0 }

// expired reports whether the cookie has expired at now. See RFC 6265bis, Section 5.7.
func expired(it *engine.Item, now int64) bool { return it.Expires <= now }

func fromMicro(t int64) time.Time { return time.UnixMicro(t).UTC() }

// partition returns p as the engine's type.
func partition(p *Partition) *engine.Partition { return (*engine.Partition)(p) }
