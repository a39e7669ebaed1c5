package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"uacookie/examples/internal/terminal"
)

// A table is rows of cells under a header. Columns are as wide as their contents, or
// shortened to the width of the terminal.
type table struct {
	columns []column
	rows    []row
}

type column struct {
	title string
	right bool // numbers are aligned to the right
	least int  // if not 0, the column may be shortened to this width
	color string
}

// A row has either cells or a heading, which runs across all columns.
type row struct {
	cells   []string
	heading string
	note    string // after the heading, in a fainter color
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, row{cells: cells}) }
func (t *table) head(heading, note string) {
	t.rows = append(t.rows, row{heading: heading, note: note})
}

// gap is the space between two columns, and to the left of the first.
const gap = 2

// write writes the table within a width.
func (t *table) write(w io.Writer, width int, paint painter) {
	widths := t.widths(width)
	var titles []string
	for _, c := range t.columns {
		titles = append(titles, c.title)
	}
	t.line(w, widths, titles, func(_ column, s string) string { return paint(dim, s) })
	for _, r := range t.rows {
		if r.cells != nil {
			t.line(w, widths, r.cells, func(c column, s string) string { return paint(c.color, s) })
			continue
		}
		heading := terminal.Snip(r.heading, width)
		line := paint(bold, heading)
		if n := utf8.RuneCountInString(heading + r.note); r.note != "" && n+gap <= width {
			line += strings.Repeat(" ", gap) + paint(dim, r.note)
		}
		fmt.Fprintln(w, line)
	}
}

func (t *table) line(w io.Writer, widths []int, cells []string, paint func(column, string) string) {
	var b strings.Builder
	for i, c := range t.columns {
		cell := terminal.Snip(cells[i], widths[i])
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		b.WriteString(strings.Repeat(" ", gap))
		switch {
		case c.right:
			b.WriteString(pad + paint(c, cell))
		case i == len(t.columns)-1:
			b.WriteString(paint(c, cell))
		default:
			b.WriteString(paint(c, cell) + pad)
		}
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}

// widths returns the widths of the columns: the widths of their contents. If these are too
// much, it shortens the widest of the columns that may be shortened.
func (t *table) widths(width int) []int {
	widths := make([]int, len(t.columns))
	total := 0
	for i, c := range t.columns {
		widths[i] = utf8.RuneCountInString(c.title)
		for _, r := range t.rows {
			if r.cells != nil {
				widths[i] = max(widths[i], utf8.RuneCountInString(r.cells[i]))
			}
		}
		total += gap + widths[i]
	}
	for ; total > width; total-- {
		widest := -1
		for i, c := range t.columns {
			if c.least > 0 && widths[i] > c.least && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// A painter colors a text.
type painter func(color, text string) string

// The colors, as ANSI escape sequences.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// painted colors a text. plain returns it unchanged.
func painted(color, text string) string {
	if color == "" || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func plain(_, text string) string { return text }
