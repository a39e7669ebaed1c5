package rules_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
)

var update = flag.Bool("update", false, "write testdata/browsers/README.md")

// checkReadme compares the page about the recordings with what they show now.
func checkReadme(t *testing.T, want []byte) {
	name := filepath.Join(browsers, "README.md")
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the recordings show (%v): run go generate ./jar/internal/rules", name, err)
	}
}

const introduction = `# How browsers and RFC 6265bis differ about cookies

<!-- Written by go generate ./jar/internal/rules. -->

RFC 6265bis is the draft of the standard for HTTP cookies (revision 22): how a browser reads a
` + "`Set-Cookie`" + ` line, which cookies it keeps, and which it sends. No browser does exactly what
it says. This page lists every difference that we found in Chromium and in Firefox, each with
the line that shows it.

The programs in this folder drive real browsers. Each scenario says what servers answered, and
what the browser sent back is recorded. The jar in this repository replays all of them,
once for each browser and once as the draft. Every difference between the draft and a
browser is one of the rows below. A test fails where a recording has another outcome, or a row
has no recording.

`

const reading = `## Read the tables

**Example** has the lines of one response to https://shop.test/, and then the ` + "`Cookie`" + ` field of a
request to the same place: by the draft, by Chromium and by Firefox, with third-party cookies allowed. A dash stands for no
such field. Bytes that are not printable ASCII are written as in Go, as ` + "`\\xff`" + `.

**Recording** is a scenario in [recordings](recordings) that comes out otherwise without the
row. (By server-clock, which servers rely on, the jar departs from the draft even as
` + "`policy.Standard`" + `.) **Generated** counts such scenarios among those that a program generated: 2520 for each
browser, the same ones, with all cookies accepted.

`

const notes = `
## Third-party cookies

Chromium was recorded with third-party cookies allowed, and with them blocked. Firefox was
recorded with all cookies accepted (` + "`recordings/firefox`" + `), which also has scenarios with third-party
cookies blocked, and as it ships (` + "`recordings/firefox-shipped`" + `), with Total Cookie
Protection: a third party has a jar of its own for each top-level site. The files
preferences.json there have Firefox's preferences about cookies.

The jar can do each of the three as any browser: ` + "`policy.ThirdPartyAllowed`" + `,
` + "`ThirdPartyPartitioned`" + ` and ` + "`ThirdPartyBlocked`" + `. Partitioned as Chromium or by the draft, which have no
such mode, means that each cookie of a third party is kept as if it had the attribute Partitioned.

## Limits

The draft leaves open how many cookies are kept. Chromium, and the jar by the draft, keep 180 for a
registrable domain and purge to 150 by priority, and 180 cookies and 10 KiB for a partition and
site. Firefox's limits are the row site-limits. It counts no bytes for an address that is typed into a
tab that has shown nothing yet; the recorder's tabs have shown a blank page. In total both browsers have a limit of about 3000, past which
cookies that were not used for 30 days go; no recording shows it.

## What this page does not cover

- **Safari** runs on Apple's systems only, and cannot be recorded here. WebKitGTK keeps its cookies in
  another library than Safari does, so it is no substitute.
- **Tracking protection that depends on lists or behavior**: Firefox's lists of trackers, its
  exceptions by heuristics and by the Storage Access API, bounce tracking protection; Chromium's
  exceptions for the same purposes.
- **Versions.** These are Debian's packages chromium and firefox-esr. Another version may differ.
  ` + "`make record`" + ` records the browsers that are installed, and lists by row the scenarios that changed.
- Scenarios that the jar does not match are in [unmatched.json](unmatched.json), with the reason.

## The recordings

generated.jsonl is what a program generated from a seed. kinds.jsonl and stories.jsonl have a
scenario for each kind of context: reloads, frames in frames, sandboxes, modes of fetch,
WebSockets, redirects, with third-party cookies allowed and blocked, and with all requests and the header
fields that servers decide by; jar/browser replays these. date.jsonl varies the Date of responses,
dots.jsonl has hosts with empty labels, and folds.jsonl has fields that span lines. The files whose names start with own are about what
Firefox alone does. The others are made by hand. The folders day and rest are for jar/browser alone: what a service
meets besides cookies, and the Cookie Store API, workers, embedder policies and exceptions for sites.
`

// readme returns the page about the recordings.
func readme(tb testing.TB, found []findings) []byte {
	var b bytes.Buffer
	b.WriteString(introduction)
	b.WriteString("| Browser | User agent | Recorded scenarios | Not as the draft | Generated | Not as the draft |\n|---|---|---|---|---|---|\n")
	for _, f := range found {
		fmt.Fprintf(&b, "| %s | `policy.%s` | %d | %d | %d | %d |\n", versions(f.all), f.name,
			len(f.all), len(f.differing), generated(f.all), generated(f.differing))
	}
	b.WriteString("\n" + reading)

	chromium, firefox := found[0], found[1]
	var both, rest [2][]rules.Quirk
	for _, q := range rules.Quirks(policy.Chromium) {
		if len(firefox.shown[q.Name]) > 0 {
			both[0] = append(both[0], q)
		} else {
			rest[0] = append(rest[0], q)
		}
	}
	for _, q := range rules.Quirks(policy.Firefox) {
		if len(chromium.shown[q.Name]) == 0 {
			rest[1] = append(rest[1], q)
		}
	}
	section := func(title, text string, quirks []rules.Quirk, in ...findings) {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", title, text)
		b.WriteString("| | RFC 6265bis says | The browser | Example | Draft | Chromium | Firefox | Recording | Generated |\n|---|---|---|---|---|---|---|---|---|\n")
		for _, q := range quirks {
			x, ok := examples[q.Name]
			if !ok {
				tb.Errorf("the quirk %s has no example for the page", q.Name)
				continue
			}
			sent := map[policy.UserAgent]string{}
			for _, ua := range []policy.UserAgent{policy.Standard, policy.Chromium, policy.Firefox} {
				sent[ua] = x.sent(tb, ua)
			}
			if inStandard(q) {
				restore := rules.Without(policy.Standard, q.Name)
				sent[policy.Standard] = x.sent(tb, policy.Standard)
				restore()
			}
			var counts, shown []string
			for _, f := range in {
				if sent[f.agent] == sent[policy.Standard] {
					tb.Errorf("the example of %s shows no difference between the draft and %s: %q", q.Name, f.name, sent[f.agent])
				}
				counts = append(counts, strconv.Itoa(generated(f.shown[q.Name])))
				shown = append(shown, cite(f.shown[q.Name]))
			}
			fmt.Fprintf(&b, "| **%s** | %s: %s | %s | %s | %s | %s | %s | %s | %s |\n", q.Name, q.Spec, q.Draft, q.Agent, x.text(),
				code(sent[policy.Standard]), code(sent[policy.Chromium]), code(sent[policy.Firefox]),
				strings.Join(shown, "<br>"), strings.Join(counts, ", "))
		}
		b.WriteString("\n")
	}
	section("Both browsers, and not the draft", "What both engines do alike is what a next draft may adopt. "+
		"The counts are Chromium's and Firefox's.", both[0], chromium, firefox)
	section("Chromium alone", "Here Firefox does as the draft says, or has a row of its own.", rest[0], chromium)
	section("Firefox alone", "Here Chromium does as the draft says, or has a row of its own.", rest[1], firefox)
	return append(bytes.TrimRight(b.Bytes(), "\n"), "\n"+notes...)
}

// inStandard reports whether the jar departs from the draft even as Standard.
func inStandard(q rules.Quirk) bool { return slices.Contains(rules.Quirks(policy.Standard), q) }

// generated counts the generated scenarios recorded in the mode in which there is the same
// number of each browser.
func generated(all []*recorded) (n int) {
	for _, r := range all {
		if r.file == "generated.jsonl" && r.mode.thirdParty == policy.ThirdPartyAllowed {
			n++
		}
	}
	return n
}

// cite returns the shortest recording, of those made by hand if there is one, as a link.
func cite(all []*recorded) string {
	r := slices.MinFunc(all, func(r, s *recorded) int {
		hand := func(r *recorded) int {
			if r.file == "generated.jsonl" {
				return 1
			}
			return 0
		}
		if d := hand(r) - hand(s); d != 0 {
			return d
		}
		return cmp.Or(cmp.Compare(r.size(), s.size()), strings.Compare(r.path(), s.path()))
	})
	return fmt.Sprintf("[%s](%s)", r.ID, filepath.ToSlash(filepath.Join("recordings", r.mode.folder, r.file)))
}

// size returns how much there is to read of a recording, by a rough measure.
func (r *recorded) size() (n int) {
	for i := range r.Steps {
		s := &r.Steps[i]
		n += 100
		for _, line := range s.Lines {
			n += len(line)
		}
		if s.Want != nil {
			n += len(*s.Want)
		}
	}
	return n
}

// text returns an example as a cell.
func (x *example) text() string {
	var parts []string
	for _, l := range x.lines {
		parts = append(parts, code(strings.ReplaceAll(l, longText, "...")))
	}
	s := strings.Join(parts, "<br>")
	switch {
	case x.note != "" && s != "":
		s += "<br>(" + x.note + ")"
	case x.note != "":
		s = x.note
	}
	return s
}

// code returns s as code in a cell; a dash if it is empty.
func code(s string) string {
	if s == "" {
		return "–"
	}
	q := strconv.QuoteToASCII(s)
	return "`" + strings.ReplaceAll(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`), "|", `\|`) + "`"
}
