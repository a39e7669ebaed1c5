package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
)

// A trick is an optimization, with the edits that build the jar without it. A trick that
// gains less than a tenth in every row is removed from the code.
type trick struct {
	name  string
	row   string // the row in which it gains most
	edits []edit
}

// An edit replaces a text that occurs once in a file.
type edit struct{ file, old, new string }

const engine = "jar/store/internal/engine/"

var tricks = []trick{
	{"append log in a page", "overwrite, site of 10", []edit{
		{engine + "edit.go", "id, ok := at.write(add, at.Item)", "id, ok := 0, false"},
		{engine + "edit.go", "id, ok := v.write(add, nil)", "id, ok := 0, false"},
		{engine + "multipage.go", "if id, ok := v.write(add, nil); ok {", "if id, ok := 0, false; ok {"},
	}},
	{"room for a session that is renewed", "renewed session beside 9 small cookies", []edit{
		{engine + "edit.go", "const renewals = 7", "const renewals = 0"},
	}},
	{"copying a page as it is", "Clone of 10k cookies and a write: to setting them", []edit{
		{engine + "clone.go", "	return p.clone()\n", "	site := p.Site()\n	return NewSite(&site, p.AppendEntries(nil))\n"},
	}},
	{"prefetch of a page", "header, 1M sites x 3", []edit{
		{engine + "table.go", "if len(t.cells) > prefetchCells {", "if false {"},
	}},
	{"name index of a multi-page site", "overwrite, site of 1000", []edit{
		{engine + "site.go", "for ref := range m.names.refs(hash) {", "for _, ref := range *m.refs.Load() {"},
	}},
	{"lookup before the lock", "overwrite, site of 10", []edit{
		{"jar/store/put.go", "if old.View != p.View() {", "if true {"},
	}},
	{"one lookup for the suffix and the site", "line of six attributes over an old one", []edit{
		{"jar/store/put.go", "!s.shares(&l, g.Host, c) && ", ""},
	}},
	{"comparing a scope once", "header, 1 site x 10", []edit{
		{"jar/store/send.go", "if !f.compared(it) {", "if true {"},
	}},
	{"copying pairs together", "header, 1 site x 10", []edit{
		{"jar/store/send.go", "if at != end {", "if true {"},
	}},
	{"coarse clock", "header, 1 site x 10", []edit{
		{"jar/internal/clock/clock.go", "since := time.Since(began)\n", "if true {\n\t\treturn time.Now().UTC()\n\t}\n\tsince := time.Since(began)\n"},
	}},
	{"inlining of Receive", "line parsed and stored over an old one", []edit{
		{"jar/receive.go", "func (j *Jar) Receive(", "//\n//go:noinline\nfunc (j *Jar) Receive("},
	}},
	{"a header that withholds nothing", "header, Withheld set: to the bare header", []edit{
		{"jar/header.go", "if !withheld || j.options.Withheld == nil {", "if j.options.Withheld == nil {"},
	}},
	{"an event in one allocation", "header, watched: to the bare header", []edit{
		{"jar/watch.go", "if !a.watched || r == nil || n == 0 || a.verdicts != nil {", "if true {"},
	}},
	{"parser's word-wise scan", "parser alone, six attributes", []edit{
		{"internal/parse/scan.go", "for ; end <= len(s)-8; end += 8 {", "for ; false; end += 8 {"},
	}},
	{"lines read as they are written", "cookie of a file in our JSON, read: to encoding/json", []edit{
		{"jar/cookiefile/own.go", "c, ok := written.cookie(line)", "c, ok := written.cookie(nil)"},
	}},
	{"a sample used for ten evictions", "insert at a hard total of 3M", []edit{
		{engine + "sample.go", "sampleUses  = 10", "sampleUses  = 1"},
	}},
}

// ablateRuns is the number of interleaved measurements of a row, with and without a trick.
const ablateRuns = 5

// ablate prints the gain of each trick: the time of its row without the trick, divided by
// the time with it. The working directory must be the root of the module.
func ablate() error {
	dir, err := os.MkdirTemp("", "ablate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	with := filepath.Join(dir, "with")
	if err := build(with, ""); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "trick\trow\twithout it\tspread")
	for i, t := range tricks {
		overlay, err := t.overlay(filepath.Join(dir, strconv.Itoa(i)))
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		without := filepath.Join(dir, "without")
		if err := build(without, overlay); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		var gains []float64
		for range ablateRuns {
			a, err := own(with, t.row)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			b, err := own(without, t.row)
			if err != nil {
				return fmt.Errorf("%s, without it: %w", t.name, err)
			}
			gains = append(gains, b/a)
		}
		fmt.Fprintf(w, "%s\t%s\t%.2fx\t%.2f to %.2f\n", t.name, t.row, quantile(gains, .5), quantile(gains, 0), quantile(gains, 1))
		w.Flush()
	}
	return nil
}

// overlay writes the edited files and an overlay for go build to dir, and returns the name
// of the overlay.
func (t *trick) overlay(dir string) (string, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	replace := map[string]string{}
	for i, e := range t.edits {
		original, err := filepath.Abs(e.file)
		if err != nil {
			return "", err
		}
		from := original
		if edited, ok := replace[original]; ok {
			from = edited
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return "", err
		}
		if n := strings.Count(string(text), e.old); n != 1 {
			return "", fmt.Errorf("%q occurs %d times in %s, want once: the code has changed, so change the trick in ablate.go, too", e.old, n, e.file)
		}
		replace[original] = filepath.Join(dir, fmt.Sprint(i, ".go"))
		if err := os.WriteFile(replace[original], []byte(strings.Replace(string(text), e.old, e.new, 1)), 0o600); err != nil {
			return "", err
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}

// build builds this program, with an overlay unless overlay is empty.
func build(out, overlay string) error {
	args := []string{"build", "-o", out}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	if text, err := exec.Command("go", append(args, "./internal/bench")...).CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, text)
	}
	return nil
}

// own runs a build of this program and returns the jar's time for one row.
func own(program, row string) (float64, error) {
	out, err := exec.Command(program, "-own", row).Output()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

// ownTime returns the CPU time in nanoseconds of one operation of the jar in a row.
func ownTime(name string) (float64, error) {
	for i := range rows {
		r := &rows[i]
		switch {
		case r.name != name:
			continue
		case r.both == nil:
			return hardTotalTime(), nil
		}
		s := r.both()
		n := s.count(s.own)
		var times []float64
		for range pairs {
			times = append(times, slice(s.own, n))
		}
		return quantile(times, .5), nil
	}
	return 0, fmt.Errorf("there is no row %q", name)
}
