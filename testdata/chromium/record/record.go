package main

import (
	"context"
	"fmt"
	"sync"

	"uacookie/testdata/chromium/devtools"
	"uacookie/testdata/chromium/scenario"
)

// options say how to record.
type options struct {
	path   string // of the browser
	tabs   int    // scenarios at a time
	now    string // time to write on the scenarios
	detail bool   // whether to note the requests of each step
}

// record carries out scenarios and notes in them what came of it: those that want
// third-party cookies blocked in a browser that does.
func (o *options) record(ctx context.Context, scenarios []*scenario.Scenario) error {
	for _, b := range []struct {
		blocks bool
		start  func(context.Context, string, ...string) (*devtools.Browser, error)
	}{{false, devtools.Start}, {true, devtools.StartBlocking}} {
		var its []*scenario.Scenario
		for _, s := range scenarios {
			if s.BlocksThirdParty() == b.blocks {
				its = append(its, s)
			}
		}
		if len(its) == 0 && b.blocks {
			continue
		}
		running, err := b.start(ctx, o.path, flags...)
		if err != nil {
			return err
		}
		err = o.recordIn(ctx, running, its)
		running.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", running.Version, err)
		}
	}
	return nil
}

// recordIn is record for one browser, in some tabs of it.
func (o *options) recordIn(ctx context.Context, b *devtools.Browser, scenarios []*scenario.Scenario) error {
	cert, err := newCertificate()
	if err != nil {
		return err
	}
	var all []*tab
	for range o.tabs {
		s, err := newServer(cert)
		if err != nil {
			return err
		}
		defer s.close()
		t, err := newTab(ctx, b, s, o.detail)
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
		s.Browser, s.Now = b.Version, o.now
		todo <- s // of a browser that is gone, each fails at once
	}
	close(todo)
	working.Wait()
	return context.Cause(ctx)
}
