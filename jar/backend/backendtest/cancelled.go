package backendtest

import (
	"context"
	"errors"

	"uacookie/jar/backend"
)

// With a context that is done, a batch is applied as a whole or not at all.
func testSharedCancelled(f *fleet) {
	done, cancel := context.WithCancel(f.Context())
	cancel()
	b := f.open()
	defer f.close(b)
	one, two := record("example.com", "a", "1"), record("example.com", "b", "1")
	one.Stamp, two.Stamp = f.stamp(b, 0), f.stamp(b, 0)
	answers := b.Apply(done, []backend.Batch{{Site: "example.com", Ops: []backend.Op{put(one), put(two)}}})
	if len(answers) != 1 || answers[0].Err != nil && !errors.Is(answers[0].Err, context.Canceled) {
		f.Fatalf("Apply with a context that is done = %v, want one Answer, with context.Canceled if with an error", answers)
	}
	s, err := b.LoadSite(f.Context(), "example.com", 0)
	if err != nil || len(s.Records) == 1 || answers[0].Err == nil && len(s.Records) != 2 {
		f.Errorf("after a cancelled Apply there are %d records, %v", len(s.Records), err)
	}
	if _, err := b.LoadSite(done, "example.com", 0); err != nil && !errors.Is(err, context.Canceled) {
		f.Errorf("LoadSite with a context that is done = %v, want context.Canceled", err)
	}
	for _, err := range b.Load(done) {
		if err != nil && !errors.Is(err, context.Canceled) {
			f.Errorf("Load with a context that is done = %v, want context.Canceled", err)
		}
	}
}
