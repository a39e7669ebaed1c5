package inspect

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"uacookie/jar"
)

func TestCounters(t *testing.T) {
	var c Counters
	empty := Counts{Refused: map[string]int64{}, Withheld: map[string]int64{}}
	if got := c.Counts(); !reflect.DeepEqual(got, empty) {
		t.Errorf("the zero Counters have counted %+v", got)
	}
	j := mustJar(t, &jar.Options{Changed: c.Changed, Limits: &jar.Limits{Site: 3}})
	stop := c.Watch(j)
	r := &jar.Request{URL: mustURL(t, "http://www.example.com/")}
	j.Receive(r, []string{"a=12", "b=1; Secure", "c=1; Domain=com", "d=1; Secure", "gone=1; Max-Age=0"})
	j.Accept(jar.Cookie{Name: "e", Value: "1", Domain: "example.com", HostOnly: true, Path: "/"})
	j.Accept(jar.Cookie{Name: "f", Value: "1", Domain: "www.example.com", HostOnly: true, Path: "/", Secure: true})
	j.Accept(jar.Cookie{Name: "g", Value: "1", Domain: "example.org", HostOnly: true, Path: "/"})
	j.Header(r)
	j.Header(r)
	want := Counts{
		Stored: 4, Removed: 1, Sent: 2,
		Refused:  map[string]int64{"insecure-origin": 2, "public-suffix": 1},
		Withheld: map[string]int64{"secure-only": 2},
		Cookies:  4, Sites: 2, Bytes: 3 + 2 + 2 + 2,
	}
	if got := c.Counts(); !reflect.DeepEqual(got, want) {
		t.Errorf("counted %+v, want %+v", got, want)
	}
	receive(t, j, "http://www.example.com/", "h=1")
	if got := c.Counts(); got.Evicted != 1 || got.Stored != 5 || got.Cookies != 4 {
		t.Errorf("counted %+v, want 1 evicted, 5 stored, 4 in the jar", got)
	}
	stop()
	j.Header(r)
	if got := c.Counts(); got.Sent != 2 {
		t.Errorf("after stop, %d are sent, want 2", got.Sent)
	}
	var back Counts
	if err := json.Unmarshal([]byte(c.String()), &back); err != nil || !reflect.DeepEqual(back, c.Counts()) {
		t.Errorf("String() = %s, want the Counts as JSON", c.String())
	}
}

func TestCountersConcurrently(t *testing.T) {
	var c Counters
	j := mustJar(t, nil)
	c.Watch(j)
	var all sync.WaitGroup
	for i := range 4 {
		r := &jar.Request{URL: mustURL(t, fmt.Sprintf("https://s%d.example/", i))}
		all.Go(func() {
			for range 100 {
				j.Receive(r, []string{"a=1"})
				j.Header(r)
				if c.String() == "" {
					t.Error("no counts")
				}
			}
		})
	}
	all.Wait()
	if got := c.Counts(); got.Stored != 400 || got.Sent != 400 {
		t.Errorf("counted %+v, want 400 stored and sent", got)
	}
}
