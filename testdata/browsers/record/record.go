package main

import (
	"context"
	"fmt"
	"sync"

	"uacookie/testdata/browsers/scenario"
)

// options say how to record.
type options struct {
	browser    browser
	path       string // of the browser, if it is elsewhere
	thirdParty string // what is done with third-party cookies: allow or partition
	framed     bool   // scenarios without a third party are left out
	tabs       int    // scenarios at a time
	now        string // time to write on the scenarios
	detail     bool   // whether to note the requests of each step
}

// record carries out scenarios and notes in them what came of it: those that want
// third-party cookies blocked in a browser that does.
func (o *options) record(ctx context.Context, scenarios []*scenario.Scenario) error {
	for _, thirdParty := range []string{o.thirdParty, block} {
		var its []*scenario.Scenario
		for _, s := range scenarios {
			if s.BlocksThirdParty() == (thirdParty == block) {
				its = append(its, s)
			}
		}
		if len(its) == 0 && thirdParty == block {
			continue
		}
		if err := o.recordIn(ctx, thirdParty, its); err != nil {
			return err
		}
	}
	return nil
}

// recordIn is record for scenarios that want the same of third-party cookies.
func (o *options) recordIn(ctx context.Context, thirdParty string, scenarios []*scenario.Scenario) error {
	cert, err := newCertificate()
	if err != nil {
		return err
	}
	var servers []*server
	for range o.tabs {
		s, err := newServer(cert)
		if err != nil {
			return err
		}
		defer s.close()
		servers = append(servers, s)
	}
	path := o.path
	if path == "" {
		path = o.browser.path
	}
	fleet, err := o.browser.launch(ctx, path, thirdParty, servers)
	if err != nil {
		return err
	}
	defer fleet.close()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan *scenario.Scenario)
	var working sync.WaitGroup
	for i, d := range fleet.drivers {
		t := &tab{driver: d, server: servers[i], detail: o.detail, headers: o.browser.headers}
		working.Go(func() {
			for s := range todo {
				if err := t.run(ctx, s); err != nil {
					cancel(fmt.Errorf("%s: %w", fleet.version, err))
				}
			}
		})
	}
	for _, s := range scenarios {
		s.Browser, s.Now, s.ThirdParty = fleet.version, o.now, ""
		if o.browser.modes {
			s.ThirdParty = thirdParty
		}
		todo <- s // of a browser that is gone, each fails at once
	}
	close(todo)
	working.Wait()
	return context.Cause(ctx)
}
