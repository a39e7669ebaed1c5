package inspect

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"uacookie/jar"
)

// With nobody looking, a read makes no call into the handler and allocates nothing.
func TestNobodyLooks(t *testing.T) {
	j := mustJar(t, nil)
	receive(t, j, "https://example.com/", "a=1", "b=2; SameSite=Strict")
	h := New(j, nil)
	get(t, h, "/") // looking once, and not on
	r := &jar.Request{URL: mustURL(t, "https://example.com/"), Method: "POST"}
	buf := make([]byte, 0, 1024)
	read := func() { buf = j.AppendHeader(buf[:0], r) }
	check := func(when string, seen uint64) {
		t.Helper()
		if got := testing.AllocsPerRun(100, read); got != 0 {
			t.Errorf("%s, a read allocates %v times, want none", when, got)
		}
		if h.recorder.events != seen || h.recorder.stop != nil {
			t.Errorf("%s, a read calls the handler: it saw %d events, want %d", when, h.recorder.events, seen)
		}
	}
	check("before anybody looks", 0)
	wake := h.recorder.stream()
	read()
	if h.recorder.events != 1 {
		t.Errorf("while somebody looks, the handler sees %d events of one read", h.recorder.events)
	}
	h.recorder.leave(wake)
	check("after somebody looked", 1)
}

// The last decisions are kept, and no others.
func TestRing(t *testing.T) {
	j := mustJar(t, nil)
	c := newRecorder(j, 3)
	c.open()
	defer c.close()
	got := func(number uint64) string {
		kept, missed := c.since(number)
		text := fmt.Sprint(missed)
		for _, d := range kept {
			text += fmt.Sprintf(" %d:%s", d.number, d.verdict.Cookie.Name)
		}
		return text
	}
	for _, step := range []struct {
		lines string
		since uint64
		want  string
	}{
		{"", 0, "0"},
		{"a=1", 0, "0 1:a"},
		{"b=1 c=1", 0, "0 1:a 2:b 3:c"},
		{"", 2, "0 3:c"},
		{"", 3, "0"},
		{"d=1", 0, "1 2:b 3:c 4:d"},
		{"", 3, "0 4:d"},
		{"", 99, "1 2:b 3:c 4:d"}, // a page of another run
		{"e=1 f=1 g=1 h=1", 4, "1 6:f 7:g 8:h"},
		{"", 0, "5 6:f 7:g 8:h"},
	} {
		if lines := strings.Fields(step.lines); len(lines) > 0 {
			receive(t, j, "https://example.com/", lines...)
		}
		if got := got(step.since); got != step.want {
			t.Errorf("after %q, since(%d) = %s, want %s", step.lines, step.since, got, step.want)
		}
	}
}

// One response cannot drive out all that was recorded.
func TestFlood(t *testing.T) {
	j := mustJar(t, nil)
	c := newRecorder(j, 1000)
	c.open()
	defer c.close()
	receive(t, j, "https://example.com/", "a=1")
	for _, n := range []int{maxPerEvent, maxPerEvent + 1, 2900} {
		lines := make([]string, n)
		for i := range lines {
			lines[i] = fmt.Sprintf("f%d=1", i)
		}
		receive(t, j, "https://flood.example/", lines...)
		kept, missed := c.since(0)
		last := kept[len(kept)-1]
		if missed != 0 || kept[0].verdict.Cookie.Name != "a" || last.more != n-maxPerEvent || newEntry(&last).More != last.more {
			t.Errorf("after %d cookies at once, %d are missed and %d told of as more; want none and %d", n, missed, last.more, n-maxPerEvent)
		}
		for _, d := range kept[:len(kept)-1] {
			if d.event == last.event && d.more != 0 {
				t.Errorf("%d are told of as more before the last that is kept", d.more)
			}
		}
	}
}

// What is between two times that somebody looked is missing, and that shows.
func TestGap(t *testing.T) {
	j := mustJar(t, nil)
	c := newRecorder(j, 10)
	for _, name := range []string{"a", "b"} {
		c.open()
		c.open() // a second page
		c.close()
		receive(t, j, "https://example.com/", name+"1=1", name+"2=1")
		c.close()
		receive(t, j, "https://example.com/", "unseen=1")
	}
	kept, _ := c.since(0)
	var got []string
	for _, d := range kept {
		got = append(got, fmt.Sprint(d.verdict.Cookie.Name, d.gap))
	}
	if want := []string{"a1false", "a2false", "b1true", "b2false"}; !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

// Nothing secret is kept of a decision.
func TestRecordsNoSecrets(t *testing.T) {
	const secret = "open-sesame"
	j := mustJar(t, nil)
	c := newRecorder(j, 10)
	c.open()
	defer c.close()
	receive(t, j, "https://user:"+secret+"@example.com/?token="+secret+"#"+secret, "a="+secret)
	j.Header(&jar.Request{
		URL:     mustURL(t, "https://example.com/?"+secret),
		Context: &jar.Context{Initiator: mustURL(t, "https://example.com/?"+secret), Documents: []*url.URL{mustURL(t, "https://example.com/?"+secret)}, Redirects: []*url.URL{mustURL(t, "https://example.com/?"+secret)}},
	})
	kept, _ := c.since(0)
	if len(kept) != 2 {
		t.Fatalf("%d decisions, want 2", len(kept))
	}
	for _, d := range kept {
		if text := fmt.Sprintf("%+v %q %+v %+v", d.verdict, d.verdict.Cookie.Value, *d.request, newEntry(&d)); strings.Contains(text, secret) {
			t.Errorf("a secret is kept of %v", d.verdict)
		}
	}
}

// A request that was recorded is explained as it was.
func TestExplainRecorded(t *testing.T) {
	partition := jar.Partition{TopLevelSite: "https://p.example", CrossSiteAncestor: true}
	for _, r := range []*jar.Request{
		{URL: mustURL(t, "https://example.com/a/b")},
		{URL: mustURL(t, "http://127.0.0.1:8080/"), Host: "example.com:81", Method: "POST", Context: &jar.Context{Initiator: mustURL(t, "https://a.example/x"), Redirects: []*url.URL{mustURL(t, "https://b.example/x"), mustURL(t, "http://c.example/")}}},
		{URL: mustURL(t, "https://example.com/"), Context: &jar.Context{
			Documents: []*url.URL{mustURL(t, "https://a.example/"), nil, mustURL(t, "about:srcdoc"), {}}, Script: true, CrossSiteReload: true, ThirdParty: jar.ThirdPartyBlocked, Partition: &partition,
		}},
		{URL: mustURL(t, "https://example.com/"), Context: &jar.Context{Partition: new(jar.Partition)}},
	} {
		v, err := url.ParseQuery(newRequest(r).query())
		if err != nil {
			t.Fatal(err)
		}
		p := newExplainPage(v)
		again, err := p.request()
		if err != nil {
			t.Errorf("%v is recorded as %v: %v", r, v, err)
			continue
		}
		if got, want := newRequest(again), newRequest(r); !reflect.DeepEqual(got, want) {
			t.Errorf("%v is explained as %+v, want %+v", r, got, want)
		}
	}
}

// With Options.Record, what was decided before anybody looks is there, until Close.
func TestRecord(t *testing.T) {
	j := mustJar(t, nil)
	h := New(j, &Options{Record: true, Decisions: 2})
	receive(t, j, "https://example.com/", "a=1", "b=1", "c=1")
	h.Close()
	h.Close()
	receive(t, j, "https://example.com/", "d=1")
	kept, missed := h.recorder.since(0)
	if len(kept) != 2 || missed != 1 || kept[1].verdict.Cookie.Name != "c" {
		t.Errorf("recorded %d, missed %d; want the last 2 of 3", len(kept), missed)
	}
}

// All may be done at a time.
func TestRecorderConcurrently(t *testing.T) {
	j := mustJar(t, nil)
	c := newRecorder(j, 50)
	var all sync.WaitGroup
	for i := range 4 {
		r := &jar.Request{URL: mustURL(t, fmt.Sprintf("https://s%d.example/", i))}
		all.Go(func() {
			for range 100 {
				j.Receive(r, []string{"a=1"})
				j.Header(r)
			}
		})
		all.Go(func() {
			for range 50 {
				wake := c.stream()
				c.since(0)
				c.leave(wake)
			}
		})
	}
	all.Wait()
	if c.users != 0 || c.stop != nil || len(c.streams) != 0 {
		t.Errorf("%d users and %d streams are left", c.users, len(c.streams))
	}
}
