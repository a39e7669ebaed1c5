package durable

import (
	"context"
	"fmt"
	"time"

	"uacookie/jar/backend"
)

// accessStep is by how much a last access moves at least.
const accessStep = time.Minute

// noteAccess has the cookies written that were read since Open: reading moves their
// last access without a word. A shared backend is left alone, since others may have
// changed these cookies.
func (j *Jar) noteAccess(ctx context.Context) error {
	if err := j.persistent.Settle(ctx); err != nil {
		return fmt.Errorf("durable: close: %w", err)
	}
	w := j.w
	w.mu.Lock()
	shared := w.unseen != nil || w.deaf != nil
	w.touched = map[key]bool{}
	w.mu.Unlock()
	if shared {
		return nil
	}
	for c := range j.All() {
		if !c.LastAccess.After(j.opened) || c.LastAccess.Sub(c.Created) < accessStep {
			continue
		}
		k, list := c.Key(), j.persistent.SuffixList()
		w.mu.Lock()
		// A change that is not in c has been noted since, or will be and prevails.
		if _, changed := w.ops[k]; !changed && !w.touched[k] {
			w.ops[k] = op{backend.Op{Record: backend.Record{Cookie: c, List: list}}, true}
			w.wake()
		}
		w.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("durable: close: %w", err)
		}
	}
	return nil
}
