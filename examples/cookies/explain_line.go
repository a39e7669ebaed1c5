package main

import (
	"fmt"
	"strconv"
	"strings"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// mostPieces is the maximum number of pieces of a line that are shown. A server may send
// thousands.
const mostPieces = 24

// pieces shows the pieces of a line, wrapped, with a wavy line under ignored pieces.
func (t *explainText) pieces(line string, j *judged) {
	room := t.width - indent
	var row, waves strings.Builder
	flush := func() {
		t.printf("%s\n", strings.TrimRight(strings.Repeat(" ", indent)+row.String(), " "))
		if w := strings.TrimRight(waves.String(), " "); w != "" {
			pad := len(w) - len(strings.TrimLeft(w, " "))
			t.printf("%*s%s\n", indent+pad, "", t.paint(yellow, w[pad:]))
		}
		row.Reset()
		waves.Reset()
	}
	parts := j.parts[:min(len(j.parts), mostPieces)]
	for i, p := range parts {
		text := snip(t.piece(line, p), room-len("; "))
		separator := "; "
		switch {
		case i == 0 && !strings.Contains(line[:j.parts[1].Start], "="):
			continue // no name at all
		case i == 0:
			text, separator = snip(text, room/2)+"=", ""
		case i == len(j.parts)-1:
			separator = ""
		}
		if row.Len() > 0 && row.Len()+len(text)+len(strings.TrimSpace(separator)) > room {
			flush()
		}
		row.WriteString(text + separator)
		wave := " "
		if p.Ignored != "" {
			wave = "~"
		}
		waves.WriteString(strings.Repeat(wave, len(text)) + strings.Repeat(" ", len(separator)))
	}
	flush()
	for _, p := range parts {
		if p.Ignored != "" {
			t.wrap(indent+2, snip(t.piece(line, p), 40)+" is ignored: "+whyIgnored[p.Ignored], yellow)
		}
	}
	if more := len(j.parts) - len(parts); more > 0 {
		t.wrap(indent+2, fmt.Sprintf("... and %d more attributes; use -json to see them", more), yellow)
	}
	if j.verdict.Reason == policy.ReasonControlOctet {
		t.control(line)
	}
}

// control shows the control character for which a line is refused: a tab only if there is no
// other.
func (t *explainText) control(line string) {
	at := strings.IndexFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
	if at < 0 {
		at = strings.IndexByte(line, '\t')
	}
	if at >= 0 {
		t.wrap(indent+2, fmt.Sprintf("byte %d of the line is %s", at+1, escape(line[at:at+1])), yellow)
	}
}

// piece returns a piece of a line as text. It shows only the length of a value, and of a
// piece that may be part of a value with a semicolon.
func (t *explainText) piece(line string, p jar.Part) string {
	text := line[p.Start:p.End]
	switch {
	case t.values, p.Name != "" && p.Name != "value":
		return escape(text)
	case p.Name == "value":
		return length(text)
	}
	name, _, found := strings.Cut(text, "=")
	name = strings.TrimRight(name, " \t")
	if !isWord(name) {
		return length(text)
	}
	if found {
		name += "=" + length(line[p.Value:p.End])
	}
	return name
}

// isWord reports whether s looks like the name of a misspelled attribute.
func isWord(s string) bool {
	if len(s) > 16 {
		return false
	}
	for _, c := range []byte(s) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if c != '-' {
				return false
			}
		}
	}
	return s != ""
}

// length returns the length of a secret as text.
func length(s string) string {
	if len(s) == 1 {
		return "[1 byte]"
	}
	return "[" + strconv.Itoa(len(s)) + " bytes]"
}

// escape returns s with everything escaped that is not printable ASCII.
func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == '\\':
			b.WriteString(`\\`)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// snip returns s, which is ASCII, shortened to at most n columns.
func snip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:max(n-len("..."), 0)] + "..."
}
