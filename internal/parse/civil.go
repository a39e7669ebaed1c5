package parse

import "time"

// unixDay returns how many days after January 1, 1970 a day is. The year must be
// after 0.
func unixDay(year int, month time.Month, day int) int64 {
	m := int(month)
	if m < 3 { // a year that begins in March has its leap day at the end
		year, m = year-1, m+12
	}
	const epoch = 719_469 - 1 // what the rest is for January 1, 1970
	return int64(365*year + year/4 - year/100 + year/400 + (153*m-457)/5 + day - 1 - epoch)
}

// daysIn returns how many days a month has.
func daysIn(month time.Month, year int) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
