package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

// The commands in the documents print what the documents say. "..." in a document stands for
// any lines.
func TestDocuments(t *testing.T) {
	t.Chdir("..") // the documents say so
	for name, least := range map[string]int{"../ANSWERS.md": 7, "../MIGRATING.md": 2} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(string(data), "```console\n$ cookies ")
		if len(parts)-1 < least {
			t.Errorf("%s has %d commands, want at least %d", name, len(parts)-1, least)
		}
		for _, part := range parts[1:] {
			block, _, ok := strings.Cut(part, "\n```\n")
			command, want, hasOutput := strings.Cut(block, "\n")
			if !ok || !hasOutput {
				t.Errorf("%s: cookies %s: want a block with output", name, command)
				continue
			}
			var out strings.Builder // both streams, as in a terminal
			now := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
			runAt(now, words(command), strings.NewReader(""), &out, &out)
			if got := strings.TrimSuffix(out.String(), "\n"); !matches(strings.Split(want, "\n"), strings.Split(got, "\n")) {
				t.Errorf("%s: cookies %s prints\n%s\nwant\n%s", name, command, got, want)
			}
		}
	}
}

// words splits a command line at spaces, except between single quotes.
func words(command string) (words []string) {
	for i, part := range strings.Split(command, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

// matches reports whether got is want, in which "..." matches any number of lines.
func matches(want, got []string) bool {
	switch {
	case len(want) == 0:
		return len(got) == 0
	case want[0] == "...":
		for i := range len(got) + 1 {
			if matches(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && got[0] == want[0] && matches(want[1:], got[1:])
}

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		want, got string
		is        bool
	}{
		{"a b", "a b", true}, {"a b", "a", false}, {"a", "a b", false},
		{"... b", "a a b", true}, {"... b", "a b a", false}, {"a ... b", "a b", true}, {"a ...", "a b c", true},
	} {
		if is := matches(strings.Fields(tt.want), strings.Fields(tt.got)); is != tt.is {
			t.Errorf("matches(%q, %q) = %t, want %t", tt.want, tt.got, is, tt.is)
		}
	}
}
