package main

import (
	"fmt"
	"strings"

	"uacookie/testdata/browsers/scenario"
)

// date returns a cookie-date, more or less. It is years away from any time of
// recording, whichever way one reads it.
func (g *gen) date() string {
	day := pick(g, "1", "01", "9", "15", "28", "29", "30", "31", "31", "0", "00", "32", "001", "15th", "1x")
	month := pick(g, "Jan", "Jan", "Feb", "Jun", "Nov", "Dec", "January", "Sept", "jUL", "MAY", "Ja", "Janx", "01", "Foo", "\xc3\xa9")
	year := pick(g, "1970", "1969", "1601", "1600", "1999", "2000", "2030", "2031", "2037", "2038", "2039", "2100", "9999", "10000", "99999", "0", "00", "31", "37", "38", "50", "68", "69", "70", "71", "99", "100", "131", "999", "1582", "02031", "2031x", "-2031")
	clock := pick(g, "00:00:00", "00:00:00", "12:34:56", "23:59:59", "23:59:60", "24:00:00", "1:2:3", "01:02", "00:60:00", "25:00:00", "000:00:00", "00:00:000", "00:00:00x", "00:00:00.5", "00.00.00", "12:00 PM", "00:00:00:00", "")
	zone := pick(g, " GMT", " GMT", " GMT", "", " UTC", " PST", " +0100", "-0800", " GMT+1", "Z", " gmt", " (x)")
	weekday := pick(g, "Wed, ", "Wed, ", "Wed ", "Wednesday, ", "", "Foo, ", "Wed,", "wed ")
	if g.percent(60) { // but one part is as it should be
		switch g.IntN(4) {
		case 0:
			day = "15"
		case 1:
			month = "Jun"
		case 2:
			year = pick(g, "1999", "2031")
		default:
			clock = "12:34:56"
		}
	}
	if g.percent(50) {
		day, clock = "15", "12:34:56"
	}
	var s string
	switch g.IntN(12) {
	case 0:
		s = weekday + day + "-" + month + "-" + year + " " + clock + zone
	case 1: // asctime
		s = strings.TrimSuffix(weekday, ", ") + " " + month + " " + day + " " + clock + " " + year
	case 2:
		s = year + "-" + pick(g, "01", "06", "12") + "-" + day + pick(g, "T", " ") + clock + zone
	case 3:
		s = weekday + month + " " + day + ", " + year + " " + clock + zone
	case 4:
		s = weekday + clock + " " + day + " " + month + " " + year + zone
	case 5:
		s = day + "/" + month + "/" + year + " " + clock + zone
	case 6:
		s = year + " " + month + " " + day + " " + clock + zone
	case 7:
		sep := pick(g, "\t", "/", "!", "_", ".", "*", "~", "@", "[", "`", "%", "--", ",", "x", ":", "\xa0", "")
		s = strings.Join([]string{day, month, year, clock}, sep)
	case 8: // a part twice
		s = weekday + day + " " + month + " " + year + " " + pick(g, day, month, year, "Jan", "2031", "1999") + " " + clock + " " + pick(g, clock, "")
	default:
		s = weekday + day + " " + month + " " + year + " " + clock + zone
	}
	if g.percent(5) {
		s = pick(g, `"`+s+`"`, " "+s+" ", "\t"+s, s+" junk", "junk "+s, g.mangleCase(s))
	}
	return s
}

// dates is about Expires.
func dates(g *gen) []scenario.Step {
	url := g.scheme() + "example.test/"
	var before, lines []string
	for i := range 3 + g.IntN(4) {
		name := string(rune('a' + i))
		if g.percent(20) {
			before = append(before, name+"=old")
		}
		line := name + "=1; " + pick(g, "Expires=", "Expires=", "expires=", "EXPIRES = ") + g.date()
		switch g.IntN(8) {
		case 0:
			line += "; Expires=" + g.date()
		case 1:
			line += "; Max-Age=" + pick(g, "6000", "0", "-1", "x", "")
		}
		lines = append(lines, line)
	}
	steps := []scenario.Step{set(typed, url, lines...), get(typed, url)}
	if before != nil {
		steps = append([]scenario.Step{set(typed, url, before...)}, steps...)
	}
	return steps
}

// maxAges is about Max-Age, alone and beside Expires.
func maxAges(g *gen) []scenario.Step {
	url := g.scheme() + "example.test/"
	var before, lines []string
	for i := range 3 + g.IntN(4) {
		name := string(rune('a' + i))
		if g.percent(30) {
			before = append(before, name+"=old")
		}
		age := pick(g, "0", "-0", "+0", "00", "-1", "--1", "-", "+", "", " ", "6000", " 6000 ", "+6000", "-6000", "6000.9", "-1.5", "0.9", "6e3", "0x6000", "6,000", "6 000",
			"6000s", "0s", "-1s", `"6000"`, `"0"`, "'0'", "x", "NaN", "99999999999", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
			strings.Repeat("9", 30), "-"+strings.Repeat("9", 30), "\xd9\xa0", "34560000", "34560001", "infinity", "000000000000000000006000", "\t0", "0\t", "-\t1")
		line := fmt.Sprintf("%s=1; %s%s", name, pick(g, "Max-Age=", "Max-Age=", "max-age=", "MAX-AGE =", "MaxAge="), age)
		switch g.IntN(4) {
		case 0:
			line += "; Expires=" + pick(g, "Thu, 01 Jan 1970 00:00:00 GMT", "Wed, 01 Jan 2031 00:00:00 GMT", "x")
		case 1:
			line += "; Max-Age=" + pick(g, "6000", "0", "-1", "x", "")
		}
		lines = append(lines, line)
	}
	steps := []scenario.Step{set(typed, url, lines...), get(typed, url)}
	if before != nil {
		steps = append([]scenario.Step{set(typed, url, before...)}, steps...)
	}
	return steps
}
