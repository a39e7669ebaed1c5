package engine

import (
	"fmt"
	"testing"
)

// A page may be prefetched while it is written to: what is loaded does not count.
func TestPrefetch(t *testing.T) {
	insertion := func(i int) *Insertion {
		add := &Insertion{Name: fmt.Sprint("a", i), Value: "v", Domain: "example.com", Path: "/"}
		add.Expires, add.Order = Never, uint64(i+1)
		add.SetItem(0, uint64(i))
		return add
	}
	p := NewSiteOf(&Site{Name: "example.com"}, insertion(0))
	p = p.Insert(insertion(1)) // a page with some capacity left
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				p.prefetch()
			}
		}
	}()
	if next := p.Insert(insertion(2)); next != p || p.Len() != 3 {
		t.Errorf("Insert made another page, or one of %d entries, want 3 in the same", p.Len())
	}
	close(stop)
	<-stopped
	new(Page).prefetch() // without items and text
}
