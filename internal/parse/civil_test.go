package parse

import (
	"testing"
	"time"
)

// Every day of every year that a cookie-date can name is the one of package time.
func TestUnixDay(t *testing.T) {
	const last = 9999 + 400 // the calendar repeats after 400 years: five digits are like four
	want := time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
	for year := 1; year <= last; year++ {
		for month := time.January; month <= time.December; month++ {
			n := daysIn(month, year)
			if end := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC); end.Day() != n {
				t.Fatalf("daysIn(%v, %d) = %d, want %d", month, year, n, end.Day())
			}
			for day := 1; day <= n; day++ {
				if got := unixDay(year, month, day); got != want {
					t.Fatalf("unixDay(%d, %v, %d) = %d, want %d", year, month, day, got, want)
				}
				want++
			}
		}
	}
	if got := unixDay(99_999, time.December, 31); got != time.Date(99_999, time.December, 31, 0, 0, 0, 0, time.UTC).Unix()/(24*60*60) {
		t.Errorf("the last day of the year 99999 is %d", got)
	}
}
