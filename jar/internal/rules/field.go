package rules

import (
	"slices"
	"strings"

	"uacookie/jar/internal/agent"
	"uacookie/jar/policy"
)

// field returns what of a line the user agent gets to read.
func (a row) field(r *policy.Request, line string) string {
	if !a.Has(agent.LineEnds|agent.ReturnEnds) || isScript(r) {
		return line
	}
	if i := strings.IndexAny(line, a.lineEnds()); i >= 0 {
		line, _ = a.unfold(line, i)
	}
	return line
}

// lineEnds returns the bytes that end a line of a response.
func (a row) lineEnds() string {
	if a.Has(agent.ReturnEnds) {
		return "\n\r"
	}
	return "\n"
}

// A fold is where a line of a response goes on with the next: from a byte of the field on, its
// bytes are more bytes further in the text that was received.
type fold struct{ at, more int }

// unfold returns the field that a text begins with, whose first line ends at end. A line that
// begins with white space continues the one before. An agent with ReturnEnds takes a space
// for what is between the two.
func (a row) unfold(text string, end int) (field string, folds []fold) {
	var b strings.Builder
	next := 0 // index of the line
	for {
		line := text[next : next+end]
		b.WriteString(strings.TrimSuffix(line, "\r"))
		next += end
		skipped := text[next:]
		if a.Has(agent.ReturnEnds) {
			skipped = skipped[:len(skipped)-len(strings.TrimLeft(skipped, "\r\n"))]
		} else {
			skipped = skipped[:1]
		}
		next += len(skipped)
		rest := text[next:]
		if endsHead(skipped) || !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, "\t") {
			return b.String(), folds
		}
		if a.Has(agent.ReturnEnds) {
			b.WriteByte(' ')
			rest = strings.TrimLeft(rest, " \t")
			next = len(text) - len(rest)
		}
		folds = append(folds, fold{b.Len(), next - b.Len()})
		if end = strings.IndexAny(rest, a.lineEnds()); end < 0 {
			b.WriteString(rest)
			return b.String(), folds
		}
	}
}

// endsHead reports whether an empty line is in a text: the end of the head.
func endsHead(text string) bool {
	return strings.Contains(text, "\n\n") || strings.Contains(text, "\n\r\n")
}

// Readable returns how many of the Set-Cookie field values of the response to r
// the user agent gets to read, which is all of them but where a quirk says otherwise.
// Those past them are to be refused as ControlOctet.
func (p *Policy) Readable(r *policy.Request, lines []string) int {
	if a := rowOf(p.UserAgent); a.Has(agent.LineEnds|agent.NulResponse) && !isScript(r) {
		return a.readable(lines)
	}
	return len(lines)
}

// readable is Readable for a response, where there are quirks.
func (a row) readable(lines []string) int {
	n := len(lines)
	if a.Has(agent.LineEnds) {
		// The end of its own line follows each field.
		if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, "\n") || endsHead(l) }); i >= 0 {
			n = i + 1
		}
	}
	if a.Has(agent.NulResponse) && slices.ContainsFunc(lines[:n], func(l string) bool { return strings.IndexByte(l, 0) >= 0 }) {
		return 0
	}
	return n
}
