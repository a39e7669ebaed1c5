package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"uacookie/jar"
	"uacookie/jar/durable"
	"uacookie/jar/jarfile"
	"uacookie/jar/match"
)

// A crawler visits pages, what is embedded in them, and what they link to.
//
// It goes in waves, as deep as the limits say: first all pages of a wave, several
// at a time, then all that is embedded in them, then on to the pages they link
// to. So what it finds does not depend on which worker is faster.
type crawler struct {
	limits  limits
	client  *http.Client
	jar     *jar.Jar
	file    *jarfile.File // that the jar is kept in; nil if it is not
	durable *durable.Jar  // likewise
	tally   *tally
	count   counters
	line    *progress

	seen    map[string]bool // pages and resources that were asked for
	leftOut int             // links that the limit on pages left out
	took    time.Duration
}

// newCrawler returns a crawler with an empty jar.
//
// This is all it takes to crawl with a browser's cookies: a jar, a Transport
// around the one that makes the requests, and hooks if one wants to look on.
func newCrawler(l limits, base http.RoundTripper, line *progress) *crawler {
	c := &crawler{limits: l, tally: newTally(), line: line, seen: make(map[string]bool)}
	c.jar, _ = jar.New(c.options())
	c.client = &http.Client{
		Transport: &jar.Transport{Jar: c.jar, Base: &meter{base, &c.count}},
		Timeout:   l.timeout,
	}
	return c
}

// options have the tally look on.
func (c *crawler) options() *jar.Options {
	return &jar.Options{
		Refused:  c.tally.note,
		Withheld: c.tally.note,
		Changed:  c.tally.change,
	}
}

// counters are what a crawl adds up while it works.
type counters struct {
	pages, resources, requests, bytes atomic.Int64
	failedPages, failedResources      atomic.Int64
	unhappy                           atomic.Int64 // answers with a status of 400 and more
}

// A task is one thing to fetch.
type task struct {
	link
	context *jar.Context // how a browser would come to fetch it
	home    string       // the site whose links are followed; "" until its first page came
	page    bool         // it fills the window: it is neither embedded nor a frame
}

// crawl visits the seeds and what is linked from them.
func (c *crawler) crawl(ctx context.Context, seeds []*url.URL) {
	start := time.Now()
	defer func() { c.took = time.Since(start) }()

	var wave []*task
	for _, u := range seeds {
		wave = c.enqueue(wave, &task{link: link{url: u}, context: new(jar.Context), page: true})
	}
	for depth := 0; len(wave) > 0 && ctx.Err() == nil; depth++ {
		tried := int(c.count.pages.Load() + c.count.failedPages.Load())
		if room := c.limits.pages - tried; len(wave) > room {
			c.leftOut += len(wave) - room
			if wave = wave[:room]; room == 0 {
				return
			}
		}
		c.line.wave(depth, len(wave), c.status)
		pages := c.fetchAll(ctx, wave)
		c.embed(ctx, pages)
		c.line.waveDone()
		c.flush(ctx)

		wave = nil
		if depth < c.limits.depth {
			wave = c.linked(pages)
		}
	}
}

// linked returns a task for each link of the pages that is to be followed.
func (c *crawler) linked(pages []*document) (wave []*task) {
	for _, d := range pages {
		c.seen[pageKey(link{url: d.url})] = true // a redirect led here
	}
	for _, d := range pages {
		home := d.task.home
		if home == "" {
			home = site(d.url) // what was asked for may have moved, as to www
		}
		for _, l := range d.links {
			if !c.limits.offsite && (site(d.url) != home || site(l.url) != home) {
				continue
			}
			// The user follows a link: a top-level navigation that the page
			// with the link has initiated.
			wave = c.enqueue(wave, &task{
				link:    l,
				context: &jar.Context{Initiator: d.url},
				home:    home,
				page:    true,
			})
		}
	}
	return wave
}

// maxFrames is how deep frames within frames are followed.
const maxFrames = 3

// embed fetches what is embedded in the pages, then in their frames, and so on.
func (c *crawler) embed(ctx context.Context, documents []*document) {
	for range maxFrames {
		var wave []*task
		for _, d := range documents {
			around := append(slices.Clip(d.task.context.Documents), d.url)
			for _, l := range d.embedded {
				wave = c.enqueue(wave, &task{link: l, context: &jar.Context{Documents: around}})
			}
		}
		if len(wave) == 0 || ctx.Err() != nil {
			return
		}
		c.line.more(len(wave))
		documents = c.fetchAll(ctx, wave)
	}
}

// enqueue appends a task unless there was one like it. As in a browser's cache, a
// resource is another one for each top-level site.
func (c *crawler) enqueue(wave []*task, t *task) []*task {
	key := pageKey(t.link)
	if !t.page {
		key = site(t.context.Documents[0]) + " " + key
	}
	if c.seen[key] {
		return wave
	}
	c.seen[key] = true
	return append(wave, t)
}

func pageKey(l link) string {
	u := *l.url
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return l.method() + " " + u.String()
}

// fetchAll fetches all tasks, several at a time, and returns the documents that
// came, in the order of the tasks.
func (c *crawler) fetchAll(ctx context.Context, tasks []*task) []*document {
	var (
		results = make([]*document, len(tasks))
		next    atomic.Int64
		workers sync.WaitGroup
	)
	for range min(c.limits.workers, len(tasks)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(tasks) {
					return
				}
				results[i] = c.fetch(ctx, tasks[i])
				c.line.tick()
			}
		})
	}
	workers.Wait()

	documents := results[:0]
	for _, d := range results {
		if d != nil {
			documents = append(documents, d)
		}
	}
	return documents
}

// status says how far the crawl is.
func (c *crawler) status() string {
	return fmt.Sprintf("%s, %s, %s, %s kept", plural(c.count.pages.Load(), "page"),
		plural(c.count.requests.Load(), "request"), bytes(c.count.bytes.Load()), plural(int64(c.jar.Len()), "cookie"))
}

// site returns the name of the site of u, such as "example.co.uk": that of its
// cookies. http and https are one site here, as the user thinks of them.
func site(u *url.URL) string {
	return match.Sites{}.Of(u).Name
}

// limits bound a crawl.
type limits struct {
	workers, depth, pages int
	timeout               time.Duration
	offsite               bool // follow links to other sites
}

// check returns an error if the limits make no sense.
func (l limits) check() error {
	least := func(name string, got, want int) error {
		if got < want {
			return fmt.Errorf("-%s %d: want %d or more", name, got, want)
		}
		return nil
	}
	err := cmp.Or(least("workers", l.workers, 1), least("depth", l.depth, 0), least("max-pages", l.pages, 1))
	if err == nil && l.timeout <= 0 {
		err = fmt.Errorf("-timeout %s: want more than zero", l.timeout)
	}
	return err
}
