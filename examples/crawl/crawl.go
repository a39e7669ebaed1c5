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
// It proceeds in waves, down to the depth limit. In each wave it fetches all pages, several
// at a time, then everything embedded in them. The pages that they link to are the next
// wave. So the result does not depend on which worker is faster.
type crawler struct {
	limits   limits
	client   *http.Client
	base     http.RoundTripper // below the jar's Transport
	jar      *jar.Jar
	file     *jarfile.File // the file of -jar, or nil
	durable  *durable.Jar  // the jar of -durable or -shared, or nil
	isShared bool          // -shared
	tally    *tally
	count    counters
	line     *progress

	seen    map[string]bool // pages and resources already requested
	leftOut int             // number of links not followed because of -max-pages
	took    time.Duration
}

// newCrawler returns a crawler with an empty jar.
//
// A crawl with a browser's cookies needs only this: a jar, a Transport around the one that
// makes the requests and, optionally, hooks that observe the jar.
func newCrawler(l limits, base http.RoundTripper, line *progress) *crawler {
	c := &crawler{limits: l, tally: newTally(), line: line, seen: make(map[string]bool)}
	c.jar, _ = jar.New(c.options())
	c.base = &meter{base, &c.count}
	c.client = &http.Client{
		Transport: &jar.Transport{Jar: c.jar, Base: c.base},
		Timeout:   l.timeout,
	}
	return c
}

// options returns jar options whose hooks call the tally.
func (c *crawler) options() *jar.Options {
	return &jar.Options{
		Refused:  c.tally.note,
		Withheld: c.tally.note,
		Changed:  c.tally.change,
	}
}

// counters are the running totals of a crawl.
type counters struct {
	pages, resources, requests, bytes atomic.Int64
	failedPages, failedResources      atomic.Int64
	unhappy                           atomic.Int64 // answers with a status of 400 and more
}

// A task is one thing to fetch.
type task struct {
	link
	context *jar.Context // the context in which a browser would fetch it
	home    string       // the site whose links are followed; "" until its first page is fetched
	page    bool         // a page of its own, neither embedded nor a frame
}

// crawl visits the seeds and the pages linked from them.
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

// linked returns a task for each link of the pages to follow.
func (c *crawler) linked(pages []*document) (wave []*task) {
	for _, d := range pages {
		c.seen[pageKey(link{url: d.url})] = true // a redirect may have led to this URL
	}
	for _, d := range pages {
		home := d.task.home
		if home == "" {
			home = site(d.url) // the seed may have redirected to another host, such as www
		}
		for _, l := range d.links {
			if !c.limits.offsite && (site(d.url) != home || site(l.url) != home) {
				continue
			}
			// The user follows a link: a top-level navigation, initiated by the page
			// with the link.
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

// maxFrames is the maximum depth of nested frames to follow.
const maxFrames = 3

// embed fetches the resources embedded in the pages, then in their frames, and so on.
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

// enqueue appends a task unless an equal one was enqueued before. As in a browser's cache, the
// same resource under two top-level sites counts as two.
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

// fetchAll fetches all tasks, several at a time. It returns the fetched documents in the
// order of the tasks.
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

// status returns the progress of the crawl in words.
func (c *crawler) status() string {
	return fmt.Sprintf("%s, %s, %s, %s kept", plural(c.count.pages.Load(), "page"),
		plural(c.count.requests.Load(), "request"), bytes(c.count.bytes.Load()), plural(int64(c.jar.Len()), "cookie"))
}

// site returns the name of the site of u, such as "example.co.uk", under which its cookies
// are filed. http and https are the same site here.
func site(u *url.URL) string {
	host, ok := match.Host(u.Host)
	if !ok {
		return ""
	}
	return match.Sites{}.Site(host)
}

// limits bound a crawl.
type limits struct {
	workers, depth, pages int
	timeout               time.Duration
	offsite               bool // follow links to other sites
}

// check returns an error if a limit is out of range.
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
