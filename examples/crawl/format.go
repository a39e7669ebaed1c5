package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"
)

// bar returns a progress bar.
func bar(done, cells int) string {
	return strings.Repeat("━", done) + strings.Repeat("╌", cells-done)
}

// plural returns a number with its noun: "1 page", "12,000 pages".
func plural(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(n) + " " + noun
}

// number returns n with separators between the thousands: "12,000".
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// bytes returns a size: "96 B", "1.2 MB".
func bytes(n int64) string {
	size, units := float64(n), []string{"B", "kB", "MB", "GB"}
	for size >= 999.5 && len(units) > 1 {
		size, units = size/1000, units[1:]
	}
	if units[0] == "B" || size >= 9.95 {
		return fmt.Sprintf("%.0f %s", size, units[0])
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}

// until returns the remaining lifetime of a cookie: "session", "in 3 days".
func until(expires, now time.Time) string {
	if expires.IsZero() {
		return "session"
	}
	const moments = 30 * time.Second // since it was set
	left := expires.Sub(now)
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if left+moments >= unit.size {
			return "in " + plural(int64(math.Round(float64(left)/float64(unit.size))), unit.name)
		}
	}
	return "in moments"
}

// widthOf returns the width of the terminal f, or the value of $COLUMNS.
func widthOf(f *os.File) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
		return n
	}
	return 100
}
