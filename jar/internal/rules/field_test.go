package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"uacookie/jar/internal/rules"
	"uacookie/jar/policy"
)

// What a browser reads of a field in which lines end, and where its pieces are in the text.
// The recordings in folds.jsonl show the same.
func TestFoldedFields(t *testing.T) {
	for _, tt := range []struct {
		agent       policy.UserAgent
		text, parts string
	}{
		{policy.Standard, "a=1\n b", `"a" "1\n b"`},
		{policy.Chromium, "a=1\r\n\t b; Path=/", `"a" "1\r\n\t b" "Path=/"`},
		{policy.Firefox, "a=1\r\n\t b; Path=/", `"a" "1\r\n\t b" "Path=/"`},
		{policy.Chromium, "a=1\n; Path=/", `"a" "1" "\n; Path=/" unread`},
		{policy.Firefox, "a=1\n\n ; Path=/", `"a" "1" "\n\n ; Path=/" unread`},
		{policy.Chromium, "a=1;\r\n Path=/x;\r Secure\nx", `"a" "1" "Path=/x" "Secure" "\nx" unread`},
		{policy.Firefox, "a=1;\r\n Path=/x;\n\tSecure\nx", `"a" "1" "Path=/x" "Secure" "\nx" unread`},
		{policy.Firefox, "a\n\t\n =1; Secure", `"a" "1" "Secure"`},
		{policy.Chromium, "a\n\t\n =1; Secure", `"a" "1" "Secure"`},
	} {
		p := rules.Policy{UserAgent: tt.agent}
		var parts []string
		for _, q := range p.Parts(request(t, "https://a.test/", ""), tt.text) {
			parts = append(parts, fmt.Sprintf("%q", tt.text[q.Start:q.End]))
			if q.Ignored == "unread" {
				parts = append(parts, q.Ignored)
			}
		}
		if got := strings.Join(parts, " "); got != tt.parts {
			t.Errorf("as %s, Parts(%q): %s, want %s", tt.agent, tt.text, got, tt.parts)
		}
	}
}

// An empty line within a field ends the head, as one after it does.
func TestEmptyLineEndsTheHead(t *testing.T) {
	for _, agent := range []policy.UserAgent{policy.Chromium, policy.Firefox} {
		p := rules.Policy{UserAgent: agent}
		r := request(t, "https://a.test/", "")
		for _, line := range []string{"a=1\n\nx", "a=1\r\n\r\nx", "a=1\n"} {
			if n := p.Readable(r, []string{"z=1", line, "b=1"}); n != 2 {
				t.Errorf("as %s, %d fields can be read with %q the second, want 2", agent, n, line)
			}
		}
		if n := p.Readable(r, []string{"z=1", "a=1\n x", "b=1"}); n != 3 {
			t.Errorf("as %s, %d fields can be read with a folded one the second, want 3", agent, n)
		}
	}
}

// The time for a folded field is linear in its length: no part is copied twice.
func TestFoldedFieldsAllocate(t *testing.T) {
	r := request(t, "https://a.test/", "")
	for _, agent := range []policy.UserAgent{policy.Chromium, policy.Firefox} {
		p := rules.Policy{UserAgent: agent}
		count := func(lines int) float64 {
			text := "a=1" + strings.Repeat("\n ", lines)
			return testing.AllocsPerRun(5, func() { p.Receive(r, text, now) })
		}
		if few, many := count(100), count(10_000); many > few+60 {
			t.Errorf("as %s, a field of 100 lines allocates %v times, one of 10,000 lines %v times", agent, few, many)
		}
	}
}
