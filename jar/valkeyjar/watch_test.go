package valkeyjar

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"uacookie/jar/backend"
	"uacookie/jar/store"
)

// A small is a server with one shard, and a watcher that reads its messages when told.
type small struct {
	*testing.T
	m   *miniredis.Miniredis
	b   *Backend
	w   *watcher
	got []backend.Event
}

func newSmall(t *testing.T) *small {
	t.Helper()
	s := &small{T: t, m: Mini(t)}
	var err error
	if s.b, err = Open(t.Context(), "redis://"+s.m.Addr(), &Options{Shards: 1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.b.Close() })
	s.put("before", "0")
	if s.w, err = s.b.watcher(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.w.yield = func(e backend.Event, _ error) bool {
		if e.Site != "" {
			s.got = append(s.got, e)
		}
		return true
	}
	return s
}

func (s *small) record(name, value string) backend.Record {
	s.Helper()
	now, err := s.b.Now(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return backend.Record{Stamp: backend.Stamp{Time: uint64(now.UnixMicro())}, Cookie: store.Cookie{
		Name: name, Value: value, Domain: "example.com", Path: "/", Created: now, LastAccess: now,
	}}
}

func (s *small) apply(site string, ops ...backend.Op) backend.Answer {
	return s.b.Apply(s.Context(), []backend.Batch{{Site: site, Ops: ops}})[0]
}

func (s *small) put(name, value string) {
	s.Helper()
	if a := s.apply("example.com", backend.Op{Record: s.record(name, value)}); a.Err != nil {
		s.Fatal(a.Err)
	}
}

// next returns the next message, which the watcher then has not had.
func (s *small) next() string { return <-s.w.messages }

func (s *small) names() string {
	var names []string
	for _, e := range s.got {
		for _, o := range e.Ops {
			names = append(names, o.Cookie.Name)
		}
	}
	return strings.Join(names, " ")
}

// A message that was lost is read from the log when the next one comes.
func TestHole(t *testing.T) {
	s := newSmall(t)
	s.put("a", "1")
	s.put("b", "2")
	s.put("c", "3")
	s.next()
	s.next()
	third := s.next()
	if err := s.w.heed(t.Context(), third); err != nil || s.names() != "a b c" {
		t.Errorf("after a hole Watch has yielded %q, %v", s.names(), err)
	}
	if err := s.w.heed(t.Context(), third); err != nil || s.names() != "a b c" {
		t.Errorf("after the same message Watch has yielded %q, %v", s.names(), err)
	}
	if err := s.w.heed(t.Context(), "what a stranger publishes"); err != nil {
		t.Errorf("a message that is no entry is %v", err)
	}
}

// The last message that was lost is found at the next beat.
func TestLastIsLost(t *testing.T) {
	s := newSmall(t)
	s.put("a", "1")
	s.next()
	if err := s.w.beat(t.Context()); err != nil || s.names() != "a" {
		t.Errorf("after a beat Watch has yielded %q, %v", s.names(), err)
	}
	s.put("b", "1")
	if err := s.w.beat(t.Context()); err != nil || s.names() != "a b" {
		t.Errorf("after another beat Watch has yielded %q, %v", s.names(), err)
	}
}

// What the log does not have any more ends Watch: the jar compares all versions then.
func TestMissed(t *testing.T) {
	for _, tt := range []struct {
		what string
		do   func(*small)
	}{
		{"a trimmed log", func(s *small) { s.m.Del(s.b.key(0, keyLog)) }},
		{"a server that was wiped", func(s *small) { s.m.FlushAll() }},
		{"a failover that lost a change", func(s *small) {
			s.set(s.b.key(0, keyHead), "2 7 0")
			s.m.Del(s.b.key(0, keyLog))
			s.w.seen[0] = head{2, 8}
		}},
		{"another change of the same number", func(s *small) { s.w.seen[0].version++ }},
		{"far too many changes", func(s *small) { s.set(s.b.key(0, keyHead), "1000000 1 1") }},
		{"a head that is none", func(s *small) { s.set(s.b.key(0, keyHead), "x") }},
		{"a log that is none", func(s *small) {
			s.m.Del(s.b.key(0, keyLog))
			if _, err := s.m.Push(s.b.key(0, keyLog), "x"); err != nil {
				s.Fatal(err)
			}
		}},
		{"a server that is away", func(s *small) { s.m.Close() }},
	} {
		t.Run(tt.what, func(t *testing.T) {
			s := newSmall(t)
			s.put("a", "1")
			s.next()
			tt.do(s)
			if err := s.w.beat(t.Context()); err == nil {
				t.Errorf("beat = nil; want an error")
			}
		})
	}
}

func (s *small) set(key, value string) {
	s.Helper()
	if err := s.m.Set(key, value); err != nil {
		s.Fatal(err)
	}
}

// A change that is too large for the log or for a message is announced without its Ops.
func TestLargeChange(t *testing.T) {
	s := newSmall(t)
	var ops []backend.Op
	for i := range 100 {
		ops = append(ops, backend.Op{Record: s.record(fmt.Sprint("n", i), strings.Repeat("v", 2000))})
	}
	if a := s.apply("example.com", ops...); a.Err != nil {
		t.Fatal(a.Err)
	}
	if err := s.w.heed(t.Context(), s.next()); err != nil {
		t.Fatal(err)
	}
	if len(s.got) != 1 || len(s.got[0].Ops) != 0 || s.got[0].Before != s.got[0].Version {
		t.Errorf("Watch yields %v, want an Event that no version comes before", s.got)
	}
	s.put("after", "1")
	if err := s.w.heed(t.Context(), s.next()); err != nil || s.names() != "after" {
		t.Errorf("then Watch yields %q, %v", s.names(), err)
	}
}

// The log has a bound in bytes.
func TestLogIsTrimmed(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	s := newSmall(t)
	ops := make([]string, 0, 4)
	for range 4 {
		ops = append(ops, strings.Repeat("v", 3000))
	}
	for i := range 1500 {
		var batch []backend.Op
		for n, v := range ops {
			batch = append(batch, backend.Op{Record: s.record(fmt.Sprint("n", n), v+fmt.Sprint(i))})
		}
		if a := s.apply(fmt.Sprint("site", i), batch...); a.Err != nil {
			t.Fatal(a.Err)
		}
		select {
		case <-s.w.messages:
		default:
		}
	}
	log, err := s.m.List(s.b.key(0, keyLog))
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, e := range log {
		size += len(e)
	}
	if size > logBytes || size < logBytes*9/10 {
		t.Errorf("the log has %d bytes in %d entries, want at most %d, and nearly as much", size, len(log), logBytes)
	}
}

// A long name of a list is kept once, under a hash of it.
func TestLists(t *testing.T) {
	s := newSmall(t)
	const long = "Chromium the list of some day"
	r := s.record("a", "1")
	r.List = long
	if a := s.apply("example.com", backend.Op{Record: r}); a.Err != nil {
		t.Fatal(a.Err)
	}
	list := func() string {
		got, err := s.b.LoadSite(t.Context(), "example.com", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got.Records {
			if r.Cookie.Name == "a" {
				return r.List
			}
		}
		t.Fatal("the cookie is not there")
		return ""
	}
	if got := list(); got != long {
		t.Errorf("the list is %q, want %q", got, long)
	}
	s.m.HSet(s.b.listsKey(), listID(long), "a list that allows more")
	s.b.forgetLists()
	if got := list(); got != "" {
		t.Errorf("the list of a forged name is %q, want none", got)
	}
	s.m.Del(s.b.listsKey())
	s.b.forgetLists()
	if got := list(); got != "" {
		t.Errorf("the list of a lost name is %q, want none", got)
	}
	if a := s.apply("example.com", backend.Op{Record: r}); a.Err != nil {
		t.Fatal(a.Err)
	}
	s.b.forgetLists()
	if got := list(); got != long {
		t.Errorf("the list is %q after it was written again, want %q", got, long)
	}
}

// Session cookies live for Idle after they were last used, and a site as long as its last
// cookie, but no deletion is forgotten too early.
func TestLife(t *testing.T) {
	s := newSmall(t)
	now := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	s.m.SetTime(now)
	ttl := func(site string) time.Duration { return s.m.TTL(s.b.siteKey(site)) }
	put := func(site string, expires time.Time) backend.Record {
		r := s.record("a", "1")
		r.Cookie.Domain, r.Cookie.Expires = site, expires
		if a := s.apply(site, backend.Op{Record: r}); a.Err != nil || len(a.Newer) > 0 {
			t.Fatal(a)
		}
		return r
	}
	put("session.test", time.Time{})
	if got := ttl("session.test"); got != 0 {
		t.Errorf("a session cookie lives for %v, want for ever", got)
	}
	year := 365 * 24 * time.Hour
	put("year.test", now.Add(year))
	if got := ttl("year.test"); got < year || got > year+2*time.Second {
		t.Errorf("a site with a cookie of a year lives for %v", got)
	}
	r := put("hour.test", now.Add(time.Hour))
	if got := ttl("hour.test"); got != backend.TombstoneLife {
		t.Errorf("a site with a cookie of an hour lives for %v, want %v", got, backend.TombstoneLife)
	}
	put("gone.test", time.Time{})
	gone := deletion(r.Cookie.Key(), s.record("", "").Stamp)
	gone.Cookie.Domain, gone.Stamp.Counter = "gone.test", 1
	if a := s.apply("gone.test", gone); a.Err != nil {
		t.Fatal(a.Err)
	}
	if got := ttl("gone.test"); got != backend.TombstoneLife {
		t.Errorf("a site with a deletion lives for %v, want %v", got, backend.TombstoneLife)
	}

	s.b.idle = 40 * 24 * 3600
	r = put("idle.test", time.Time{})
	if got := ttl("idle.test"); got != 40*24*time.Hour {
		t.Errorf("a session cookie with Idle lives for %v, want 40 days", got)
	}
	later := now.Add(39 * 24 * time.Hour)
	touch := deletion(r.Cookie.Key(), r.Stamp)
	touch.Delete, touch.Touch, touch.Cookie.LastAccess = false, true, later
	s.m.SetTime(later)
	if a := s.apply("idle.test", touch); a.Err != nil {
		t.Fatal(a.Err)
	}
	s.m.SetTime(later.Add(39 * 24 * time.Hour))
	if got, err := s.b.LoadSite(t.Context(), "idle.test", 0); err != nil || len(got.Records) != 1 {
		t.Errorf("a session cookie that is used = %v, %v", got, err)
	}
	s.m.SetTime(later.Add(41 * 24 * time.Hour))
	if got, err := s.b.LoadSite(t.Context(), "idle.test", 0); err != nil || len(got.Records) != 0 {
		t.Errorf("an unused session cookie = %v, %v", got, err)
	}
}

// Answers that no script of this package gives are errors.
func TestStrangeAnswers(t *testing.T) {
	applied, loaded := applyScript, loadScript
	defer func() { applyScript, loadScript = applied, loaded }()
	s := newSmall(t)
	r := s.record("a", "1")
	for _, text := range []string{
		`return 1`, `return {}`, `return {1}`, `return {"done"}`, `return {"done", "x", {}}`, `return {"done", "1", 1}`,
		`return {"done", "1", {"x", "y"}}`, `return {"done", "1", {9, "t"}}`, `return {"done", "1", {0, 1}}`,
		`return {"ahead", "x", "1"}`, `return {"ahead", "1", "0"}`, `return {"strange"}`, `error("x")`, `return {{}}`,
	} {
		applyScript = newScript(text)
		if a := s.apply("example.com", backend.Op{Record: r}); a.Err == nil {
			t.Errorf("Apply answered by %s = %v, want an error", text, a)
		}
	}
	for _, text := range []string{`return 1`, `return {"x"}`, `return {"1", "x"}`, `return {{}}`, `error("x")`} {
		loadScript = newScript(text)
		if got, err := s.b.LoadSite(t.Context(), "example.com", 0); err == nil {
			t.Errorf("LoadSite answered by %s = %v, want an error", text, got)
		}
		failed := false
		for _, err := range s.b.Load(t.Context()) {
			failed = err != nil
		}
		if !failed {
			t.Errorf("Load answered by %s yields no error", text)
		}
	}
}

// Where the server is away, each call returns an error of this package.
func TestAway(t *testing.T) {
	s := newSmall(t)
	r := s.record("a", "1")
	r.List = "a list with a long name"
	s.m.Close()
	_, now := s.b.Now(t.Context())
	_, load := s.b.LoadSite(t.Context(), "example.com", 0)
	_, watch := s.b.Watch(t.Context())
	errs := map[string]error{
		"Join": s.b.Join(t.Context(), backend.Protocol), "Now": now, "LoadSite": load, "Watch": watch,
		"Apply": s.apply("example.com", backend.Op{Record: r}).Err, "Apply without Ops": s.apply("example.com").Err,
	}
	for _, err := range s.b.Load(t.Context()) {
		errs["Load"] = err
	}
	for _, sites := range [][]string{nil, {"example.com"}} {
		for _, err := range s.b.Versions(t.Context(), sites) {
			errs[fmt.Sprint("Versions", sites)] = err
		}
	}
	s.b.replicas = 1
	errs["Apply with replicas"] = s.apply("example.com").Err
	if len(errs) != 10 {
		t.Errorf("%d calls fail, want 10", len(errs))
	}
	for name, err := range errs {
		if err == nil || !strings.HasPrefix(err.Error(), "valkeyjar: ") {
			t.Errorf("%s = %v, want an error that begins with valkeyjar", name, err)
		}
	}
	if first, second := s.b.Close(), s.b.Close(); first != nil || !errors.Is(second, errClosed) {
		t.Errorf("Close = %v, then %v", first, second)
	}
}

// A worker joins a fleet that keeps records as it does.
func TestJoinOthers(t *testing.T) {
	s := newSmall(t)
	for _, theirs := range []string{"2 1 256", "2 2 1", "9 1 1", "x"} {
		s.set(s.b.joinKey(), theirs)
		if err := s.b.Join(t.Context(), backend.Protocol); err == nil {
			t.Errorf("a worker of protocol %d joins %q", backend.Protocol, theirs)
		}
	}
}

// All kinds of Ops come through the log, and what is malformed is not taken for one.
func TestReadOps(t *testing.T) {
	s := newSmall(t)
	r := s.record("a", "1")
	touch := deletion(r.Cookie.Key(), r.Stamp)
	touch.Delete, touch.Touch, touch.Cookie.LastAccess = false, true, r.Cookie.LastAccess.Add(time.Hour)
	for _, o := range []backend.Op{{Record: r}, touch} {
		if a := s.apply("example.com", o); a.Err != nil {
			t.Fatal(a.Err)
		}
		if err := s.w.heed(t.Context(), s.next()); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.got) != 2 || len(s.got[1].Ops) != 1 || !s.got[1].Ops[0].Touch || !s.got[1].Ops[0].Cookie.LastAccess.Equal(touch.Cookie.LastAccess) {
		t.Errorf("Watch yields %v, want a put and a Touch", s.got)
	}
	field := string(appendField(nil, "example.com", r.Cookie.Key()))
	stamp := string(appendStamp(nil, r.Stamp))
	entry := func(kind, field, value string) string {
		return kind + string([]byte{0, 0, byte(len(field))}) + field + string([]byte{0, 0, 0, byte(len(value))}) + value
	}
	good := entry("d", field, stamp)
	for _, text := range []string{
		good[:3], good[:5], good[:len(good)-1], entry("d", field, stamp[1:]), entry("d", "", stamp), entry("z", field, stamp),
		entry("a", field, stamp), entry("a", field, stamp+strings.Repeat("\xff", accessLen)), entry("p", field, stamp), good + "d",
	} {
		if ops, ok := s.b.readOps(t.Context(), "example.com", text); ok || ops != nil {
			t.Errorf("%q is read as %v", text, ops)
		}
	}
	if _, ok := s.b.readOps(t.Context(), "example.com", good); !ok {
		t.Error("a Delete is not read")
	}
	for _, text := range []string{"", strings.Repeat("\x00", 31), strings.Repeat("\x01", 28) + "\x00\x00\x01"} {
		if e, ok := readEntry(text); ok {
			t.Errorf("%q is read as the entry %v", text, e)
		}
	}
}

// A connection is given up when the context is done.
func TestOpenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and does not answer
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := Open(ctx, "redis://"+l.Addr().String(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Open with a context that is done = %v", err)
	}
}
