package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"uacookie/examples/internal/terminal"
)

// A progress shows the user the progress of the crawl: a line for each completed wave and, on
// a terminal, a live line for the current wave, which is redrawn in place.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	width func() int // the width of the terminal; nil if out is not a terminal
	drawn bool       // the live line is on the screen
	last  time.Time  // when the live line was drawn

	depth, done, todo int           // of this wave
	status            func() string // the progress of the crawl in words
}

// frame is the minimum time between two redraws of the live line.
const frame = 50 * time.Millisecond

func newProgress(out io.Writer) *progress {
	p := &progress{out: out}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		p.width = func() int { return widthOf(f) }
	}
	return p
}

// wave begins a wave of pages or of the resources embedded in them.
func (p *progress) wave(depth, tasks int, status func() string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.depth, p.done, p.todo, p.status = depth, 0, tasks, status
}

// more adds to the number of fetches in this wave.
func (p *progress) more(tasks int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.todo += tasks
}

// waveDone ends the wave.
func (p *progress) waveDone() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	fmt.Fprintf(p.out, "depth %d  %s\n", p.depth, p.status())
}

// now shows the URL that is being fetched.
func (p *progress) now(u *url.URL) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draw(terminal.Quote(u.Redacted()))
}

// tick counts one fetch, successful or not.
func (p *progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
}

// println prints a line above the live line.
func (p *progress) println(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	fmt.Fprintf(p.out, format+"\n", args...)
}

// stop erases the live line.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
}

func (p *progress) erase() {
	if p.drawn {
		io.WriteString(p.out, "\r\x1b[K")
		p.drawn = false
	}
}

// draw draws the live line: a bar, the numbers so far, and as much of the current URL as
// fits.
func (p *progress) draw(what string) {
	if p.width == nil || time.Since(p.last) < frame {
		return
	}
	const cells = 12
	line := fmt.Sprintf("depth %d  %s  %s  %s", p.depth, bar(p.done*cells/max(p.todo, 1), cells), p.status(), what)
	io.WriteString(p.out, "\r\x1b[K"+terminal.Snip(line, p.width()-1))
	p.drawn, p.last = true, time.Now()
}
