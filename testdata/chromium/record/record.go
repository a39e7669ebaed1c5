package main

import (
	"context"
	"sync"

	"uacookie/testdata/chromium/scenario"
)

// record carries out scenarios, in some tabs of a browser of its own, and
// notes in them what came of it.
func record(ctx context.Context, path string, tabs int, now string, scenarios []*scenario.Scenario) error {
	b, err := start(ctx, path)
	if err != nil {
		return err
	}
	defer b.close()
	cert, err := newCertificate()
	if err != nil {
		return err
	}

	var all []*tab
	for range tabs {
		s, err := newServer(cert)
		if err != nil {
			return err
		}
		defer s.close()
		t, err := newTab(ctx, b, s)
		if err != nil {
			return err
		}
		all = append(all, t)
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan *scenario.Scenario)
	var working sync.WaitGroup
	for _, t := range all {
		working.Go(func() {
			for s := range todo {
				if err := t.run(ctx, s); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, s := range scenarios {
		s.Browser, s.Now = b.version, now
		todo <- s // of a browser that is gone, each fails at once
	}
	close(todo)
	working.Wait()
	return context.Cause(ctx)
}
