package backendtest

import (
	"slices"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// A serverSite is what a [Server] has of a site, by the rules of [backend.Shared].
type serverSite struct {
	version    uint64
	changed    time.Time
	floor      backend.Stamp
	newest     uint64 // the Time of the newest Stamp that the site has had
	records    map[store.Key]backend.Record
	tombstones map[store.Key]backend.Stamp
	corrupt    map[store.Key]bool // records that cannot be read
}

func newServerSite() *serverSite {
	return &serverSite{records: map[store.Key]backend.Record{}, tombstones: map[store.Key]backend.Stamp{}}
}

// stampOf returns the Stamp of a cookie, present or not.
func (s *serverSite) stampOf(k store.Key, now time.Time) (stamp backend.Stamp, there bool) {
	if r, ok := s.records[k]; ok {
		return r.Stamp, true
	}
	if stamp, ok := s.tombstones[k]; ok {
		return stamp, false
	}
	horizon := backend.Stamp{Time: micros(now.Add(-backend.TombstoneLife))}
	if s.floor.Compare(horizon) > 0 {
		return s.floor, false
	}
	return horizon, false
}

// micros returns a time in microseconds since 1970, and zero for what is before.
func micros(t time.Time) uint64 { return uint64(max(t.UnixMicro(), 0)) }

// apply applies Ops and returns those that took effect, and the state of the cookies that
// have another.
func (s *serverSite) apply(ops []backend.Op, now time.Time) (effect, newer []backend.Op) {
	// The clock may have been set back.
	at, latest := max(micros(now), s.newest+1), max(micros(now.Add(backend.MaxAhead)), s.newest)
	for _, o := range ops {
		k := o.Key()
		if o.Stamp.Time > latest && !o.Drop && !o.Touch {
			sent := o.Stamp
			o.Stamp.Time = at
			if s.put(o, k, now) {
				effect = append(effect, o)
			}
			newer = s.differing(newer, k, o.Delete, sent, now)
			continue
		}
		switch r, there := s.records[k]; {
		case o.Drop:
			if there && r.Stamp == o.Stamp {
				s.drop(k)
				effect = append(effect, o)
			}
		case o.Touch:
			if there && r.Stamp == o.Stamp && r.Cookie.LastAccess.Before(o.Cookie.LastAccess) {
				r.Cookie.LastAccess = o.Cookie.LastAccess
				s.records[k] = r
				effect = append(effect, o)
			}
		default:
			if s.put(o, k, now) {
				effect = append(effect, o)
			}
			newer = s.differing(newer, k, o.Delete, o.Stamp, now)
		}
	}
	return s.cut(effect), newer
}

// put does a put or a Delete, and reports whether it took effect.
func (s *serverSite) put(o backend.Op, k store.Key, now time.Time) bool {
	was, there := s.stampOf(k, now)
	if o.Stamp.Compare(was) <= 0 {
		return false
	}
	s.newest = max(s.newest, o.Stamp.Time)
	if o.Delete {
		delete(s.records, k)
		s.tombstones[k] = o.Stamp
		return there || was != o.Stamp
	}
	delete(s.tombstones, k)
	delete(s.corrupt, k)
	s.records[k] = o.Record
	return true
}

// drop removes a record and leaves a tombstone with its Stamp.
func (s *serverSite) drop(k store.Key) {
	s.tombstones[k] = s.records[k].Stamp
	delete(s.records, k)
	delete(s.corrupt, k)
}

// differing appends the state of the cookie if it is not as an Op with the Stamp sent
// would have it.
func (s *serverSite) differing(newer []backend.Op, k store.Key, deleted bool, sent backend.Stamp, now time.Time) []backend.Op {
	stamp, there := s.stampOf(k, now)
	switch {
	case there && stamp != sent:
		return append(newer, backend.Op{Record: s.records[k]})
	case !there && !deleted:
		o := deletion(k)
		o.Stamp = stamp
		return append(newer, o)
	}
	return newer
}

// cut keeps the site within its bounds and appends what it drops to effect.
func (s *serverSite) cut(effect []backend.Op) []backend.Op {
	for len(s.records) > backend.MaxRecords {
		k := oldest(s.records, func(r backend.Record) backend.Stamp { return r.Stamp })
		o := deletion(k)
		o.Delete, o.Drop, o.Stamp = false, true, s.records[k].Stamp
		effect = append(effect, o)
		s.raise(o.Stamp)
		delete(s.records, k)
		delete(s.corrupt, k)
	}
	for len(s.tombstones) > backend.MaxTombstones {
		k := oldest(s.tombstones, func(s backend.Stamp) backend.Stamp { return s })
		s.raise(s.tombstones[k])
		delete(s.tombstones, k)
	}
	return effect
}

func (s *serverSite) raise(floor backend.Stamp) {
	if floor.Compare(s.floor) > 0 {
		s.floor = floor
	}
}

func oldest[T any](all map[store.Key]T, stamp func(T) backend.Stamp) (found store.Key) {
	first := true
	var least backend.Stamp
	for k, v := range all {
		if at := stamp(v); first || at.Compare(least) < 0 {
			first, least, found = false, at, k
		}
	}
	return found
}

// expire drops the records that have expired.
func (s *serverSite) expire(now time.Time) {
	for k, r := range s.records {
		if r.Cookie.Expired(now) {
			s.drop(k)
		}
	}
}

// trim forgets all tombstones.
func (s *serverSite) trim() {
	for k, stamp := range s.tombstones {
		s.raise(stamp)
		delete(s.tombstones, k)
	}
}

// snapshot returns the site.
func (s *serverSite) snapshot(name string) backend.Snapshot {
	snapshot := backend.Snapshot{Site: name, Version: s.version}
	for k, r := range s.records {
		if s.corrupt[k] {
			snapshot.Broken = append(snapshot.Broken, &backend.RecordError{Where: k.Name + " for " + k.Domain, Err: backend.ErrMalformed})
			continue
		}
		snapshot.Records = append(snapshot.Records, r)
	}
	return snapshot
}

// deletion returns the Op that deletes the cookie of a Key.
func deletion(k store.Key) backend.Op {
	return backend.Op{Delete: true, Record: backend.Record{Cookie: store.Cookie{
		Partition: k.Partition, Name: k.Name, Domain: k.Domain, HostOnly: k.HostOnly, Path: k.Path,
	}}}
}

// sameOps reports whether two lists have the same Ops in any order.
func sameOps(a, b []backend.Op) bool {
	if len(a) != len(b) {
		return false
	}
	for _, o := range a {
		i := slices.IndexFunc(b, func(p backend.Op) bool { return p.Key() == o.Key() })
		if i < 0 || b[i].Delete != o.Delete || b[i].Drop != o.Drop || b[i].Touch != o.Touch || b[i].Stamp != o.Stamp ||
			!o.Delete && !o.Drop && !o.Touch && differ(o.Record, b[i].Record) != "" {
			return false
		}
	}
	return true
}
