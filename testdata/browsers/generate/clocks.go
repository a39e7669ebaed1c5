package main

import (
	"fmt"
	"strings"
	"time"

	"uacookie/testdata/browsers/scenario"
)

// The responses whose Date varies are those of shop. Their Date is read as base, if it
// is read as what it was meant for.
const shop = "https://shop.test/"

var base = time.Date(2035, 6, 15, 12, 34, 56, 0, time.UTC)

// format writes a time as the Date and Expires of most servers are written.
func format(t time.Time) string { return t.Format("Mon, 02 Jan 2006 15:04:05 GMT") }

// dated returns a step in which url's response has those Date fields.
func dated(s scenario.Step, dates ...string) scenario.Step {
	s.Date = []scenario.Bytes{}
	for _, d := range dates {
		s.Date = append(s.Date, scenario.Bytes(d))
	}
	return s
}

// ladder returns cookies that expire one after the other: by which of them are sent
// one knows what the server's time was taken to be. The steps are small near base; one
// less than a minute after a time would be a race with the recorder.
func ladder() []string {
	var lines []string
	rung := func(t time.Time) {
		lines = append(lines, fmt.Sprintf("%s=1; Expires=%s", t.Format("2006-01-02.15:04:05"), format(t)))
	}
	for _, year := range []int{1601, 1700, 1900, 1935, 1969, 1970, 1999, 2001, 2006, 2012, 2015, 2025, 2030} {
		rung(time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC))
	}
	for _, month := range []time.Month{1, 3, 5} {
		rung(time.Date(2035, month, 28, 0, 0, 0, 0, time.UTC))
	}
	for _, back := range []time.Duration{8 * 24, 36, 13, 10, 9, 8, 6, 4, 3, 1} {
		rung(base.Add(-back * time.Hour))
	}
	rung(base.Truncate(time.Hour).Add(-time.Second))
	rung(base.Truncate(time.Minute).Add(-time.Second))
	rung(base.Add(-time.Second))
	rung(base.Add(time.Minute))
	for _, on := range []time.Duration{1, 2, 4, 5, 8, 12, 36, 8 * 24} {
		rung(base.Add(on * time.Hour))
	}
	for _, year := range []int{2036, 2066, 2120, 2800, 9000, 9999} {
		rung(time.Date(year, 1, 20, 0, 0, 0, 0, time.UTC))
	}
	return lines
}

// readings are Date fields. A browser reads some of them as base, some as another time, and
// some not at all.
func readings() []string {
	texts := []string{
		"", "0", "-1", "now", "never", "2065659296", "06", "2035", "Jun", "15 Jun", "Jun 2035", "15 2035", "15 Jun 2035", "Fri 15 Jun", "12:34:56",
		"Fri, 15 Jun 2035 12:34:56 GMT", "Fri, 15-Jun-2035 12:34:56 GMT", "Friday, 15-Jun-35 12:34:56 GMT", "Fri Jun 15 12:34:56 2035", "Fri Jun 15 12:34:56 GMT 2035",
		"Mon, 15 Jun 2035 12:34:56 GMT", "15 Jun 2035 12:34:56", "jun 15, 2035 12:34:56", "2035 Jun 15 12:34:56", "12:34:56 15 June 2035", "FRIDAY 15 JUNE 2035 12:34:56",
		`"Fri, 15 Jun 2035 12:34:56 GMT"`, "'Fri, 15 Jun 2035 12:34:56 GMT'", "(Fri, 15 Jun 2035 12:34:56 GMT)", "[Fri, 15 Jun 2035 12:34:56 GMT]", "<15 Jun 2035 12:34:56>", "Fri,15,Jun,2035,12:34:56,GMT",
		"Fri;15;Jun;2035;12:34:56;GMT", "Fri/15/Jun/2035/12:34:56/GMT", "Fri_15_Jun_2035_12:34:56", "Fri.15.Jun.2035.12:34:56", "15.Jun.2035 12:34:56", "15Jun2035 12:34:56", "15+Jun+2035 12:34:56",
		"15\tJun\t2035\t12:34:56", " 15 Jun 2035 12:34:56 ", "Date: 15 Jun 2035 12:34:56", "Fri, 15 Jun 2035 12:34:56 GMT, Sat, 16 Jun 2035 12:34:56 GMT", "15 Jun 2035 12:34:56 GMT; x=y",
		"15 Jun 2035 12:34:56\xa0", "\xe9 15 Jun 2035 12:34:56", "15 J\xfcn 2035 12:34:56", "15 Jun 2035 12:34:56 \x01",
		// Numbers with marks between them.
		"2035-06-15", "2035-06-15T12:34:56Z", "2035-06-15T12:34:56", "2035-06-15 12:34:56", "2035-06-15T12:34:56+02:00", "2035-06-15T12:34:56+0200", "2035-06-15t12:34:56z", "20350615T123456Z",
		"2035/06/15 12:34:56", "06/15/2035 12:34:56", "15/06/2035 12:34:56", "6/15/35 12:34:56", "06-15-2035 12:34:56", "15-06-2035 12:34:56", "35-06-15 12:34:56", "15/15/2035 12:34:56", "2035-13-15 12:34:56",
		"2035-06-32 12:34:56", "00-06-15 12:34:56", "5/6/15 12:34:56", "06/15/02035 12:34:56", "06/15/203 12:34:56", "203-06-15 12:34:56", "06/15 2035 12:34:56", "06/15/2035x 12:34:56", "2035-06-15X12:34:56",
		"15 Jun 06/15/2035 12:34:56", "06/15/2035 16 May 2036 12:34:56", "2035-00-15 12:34:56", "06/00/2035 12:34:56", "0/15/2035 12:34:56", "2035-06- 15 12:34:56", "15-Jun- 2035 12:34:56", "--15--Jun--2035-- 12:34:56",
		// Fields that occur twice, or are out of bounds.
		"15 Jun May 2035 12:34:56", "May 15 Jun 2035 12:34:56", "15 16 Jun 2035 12:34:56", "15 Jun 2035 2036 12:34:56", "15 Jun 35 36 12:34:56", "15 Jun 2035 11:11:11 12:34:56", "35 15 Jun 12:34:56", "35 Jun 15 12:34:56",
		"Fri Sat 15 Jun 2035 12:34:56", "0 Jun 2035 12:34:56", "00 Jun 2035 12:34:56", "1 Jun 2035 12:34:56", "31 Jun 2035 12:34:56", "32 Jun 2035 12:34:56", "015 Jun 2035 12:34:56", "15th Jun 2035 12:34:56", "30 Feb 2035 12:34:56",
		"15 Junx 2035 12:34:56", "15 xJun 2035 12:34:56", "15 Ju 2035 12:34:56", "15 January 2035 12:34:56", "15 Sept 2035 12:34:56", "15 Mayday 2035 12:34:56", "15 Marx 2035 12:34:56", "15 Augh 2035 12:34:56",
		"15 Jun 35 12:34:56", "15 Jun 69 12:34:56", "15 Jun 70 12:34:56", "15 Jun 99 12:34:56", "15 Jun 05 12:34:56", "15 Jun 5 12:34:56", "15 Jun 135 12:34:56", "15 Jun 02035 12:34:56", "15 Jun 002035 12:34:56", "15 Jun 2035x 12:34:56", "15 Jun -2035 12:34:56", "15 Jun +2035 12:34:56",
		"15 Jun 0000 12:34:56", "15 Jun 0035 12:34:56", "15 Jun 0100 12:34:56", "15 Jun 1600 12:34:56", "1 Jan 1601 00:00:00", "15 Jun 1601 12:34:56", "15 Jun 1969 12:34:56", "31 Dec 1969 23:59:59", "1 Jan 1970 00:00:00", "15 Jun 2038 12:34:56", "15 Jun 9998 12:34:56", "15 Jun 9999 12:34:56",
		"15 Jun 10000 12:34:56", "15 Jun 32767 12:34:56", "15 Jun 32768 12:34:56", "15 Jun 99999 12:34:56",
		// Times of day.
		"15 Jun 2035 12:34", "15 Jun 2035 12:34:", "15 Jun 2035 12:", "15 Jun 2035 12", "15 Jun 2035 :34:56", "15 Jun 2035 1:2:3", "15 Jun 2035 01:02:03", "15 Jun 2035 012:34:56", "15 Jun 2035 12:034:56", "15 Jun 2035 12:34:056", "15 Jun 2035 12:34:56.789", "15 Jun 2035 12:34:56.",
		"15 Jun 2035 24:00:00", "15 Jun 2035 23:59:60", "15 Jun 2035 12:60:00", "15 Jun 2035 36:34:56", "15 Jun 2035 99:99:99", "15 Jun 2035 12:34:56:00", "15 Jun 2035 12:34:56x", "15 Jun 2035 12.34.56", "15 Jun 2035 123456",
		"15 Jun 2035 12:34:56 AM", "15 Jun 2035 12:34:56 PM", "15 Jun 2035 03:34:56pm", "15 Jun 2035 03:34:56 \t PM", "15 Jun 2035 13:34:56 PM", "15 Jun 2035 03:34 pm", "15 Jun 2035 03:34:56 am", "15 Jun 2035 03:34:56.5 pm", "15 Jun 2035 12:34:56Z", "15 Jun 2035 12:34:56 Z", "15 Jun 2035 03:34:56Z pm", "15 Jun 2035 PST 12:34:56Z",
	}
	for _, zone := range []string{"UTC", "UT", "UTX", "Z", "gmt", "GMTX", "PST", "PDT", "MST", "MDT", "CST", "CDT", "EST", "EDT", "AST", "NST", "BST", "MET", "EET", "JST", "CET", "IST", "PSTX", "xPST",
		"+0000", "-0000", "+0100", "-0800", "+0530", "+01:00", "-08:00", "+1", "-8", "+01", "+100", "+00100", "+2400", "-9999", "+", "-", "+x", "GMT+0100", "GMT+1", "GMT-8", "UTC+0100", "PST+0100", "PST -0100", "+0100 PST", "+0100 +0200", "GMT PST", "PST GMT", "(PST)", "+0100 (PST)", "-0001", "EST5EDT", "Pacific", "-08 00", "+0100x"} {
		texts = append(texts, "15 Jun 2035 12:34:56 "+zone)
	}
	return append(texts, "PST 15 Jun 2035 12:34:56", "+0100 15 Jun 2035 12:34:56", "15 Jun 12:34:56 PST 2035", "15 Jun 12:34:56 +0100 2035", "15 Jun 12:34:56 -0800 2035", "15-Jun-2035 12:34:56-08:00",
		strings.Repeat(" ", 999)+"15 Jun 2035 12:34:56", strings.Repeat("x ", 996)+"15 Jun 2035 12:34:56", strings.Repeat("x ", 999)+"15 Jun 2035 12:34:56", strings.Repeat("x", 5000)+" 15 Jun 2035 12:34:56")
}

// expiries are attributes by which a cookie lives, or not: some by the server's clock,
// some by the browser's.
var expiries = []string{
	"", "Expires=Fri, 15 Jun 2035 13:34:56 GMT", "Expires=Friday, 15-Jun-35 11:34:56 GMT", "Expires=Fri Jun 15 12:44:56 2035", "Expires=15 Jun 2035 12:24:56", "Expires=2035-06-15T13:34:56Z",
	"Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Expires=Thu, 01 Jan 1970 01:00:00 GMT", "Expires=0", "Expires=-1", "Expires=", "Expires", "Expires=never", "Expires=1 Jan 1601 00:00:00", "Expires=2 Jan 1601 00:00:00", "Expires=31 Dec 1600 23:59:59", "Expires=1 Jan 1000 00:00:00", "Expires=1 Jan 100 00:00:00",
	"Expires=Fri, 31 Dec 9999 23:59:59 GMT", "Expires=31 Dec 10000 23:59:59", "Expires=31 Dec 99999 23:59:59", "Expires=31 Dec 32767 23:59:59", "Expires=19 Jan 2038 03:14:08", "Expires=1 Jan 2000 00:00:00", "Expires=1 Jan 2031 00:00:00",
	"Max-Age=3600", "Max-Age=0", "Max-Age=-1", "Max-Age=x", "Max-Age=99999999999999999999",
	"Max-Age=3600; Expires=Fri, 15 Jun 2035 11:34:56 GMT", "Expires=Fri, 15 Jun 2035 11:34:56 GMT; Max-Age=3600", "Max-Age=0; Expires=Fri, 15 Jun 2035 13:34:56 GMT", "Expires=Fri, 15 Jun 2035 13:34:56 GMT; Max-Age=0",
	"Max-Age=x; Expires=Fri, 15 Jun 2035 11:34:56 GMT", "Max-Age=; Expires=Fri, 15 Jun 2035 13:34:56 GMT", "Expires=15 Jun 2035 11:34:56; Expires=15 Jun 2035 13:34:56", "Expires=15 Jun 2035 13:34:56; Expires=15 Jun 2035 11:34:56",
	"Expires=15 Jun 2035 11:34:56; Expires=x", "Expires=x; Expires=15 Jun 2035 11:34:56", "Expires=15 Jun 2035 12:34:56", "Expires=15 Jun 2035 12:35:56",
}

// clocks are the Date fields of a server: right as far as the recording can know it,
// slow, fast, missing, unreadable, more than one, and at the ends of time.
var clocks = [][]string{
	nil, {}, {""}, {"x"}, {"0"}, {"-1"},
	{"Fri, 15 Jun 2035 12:34:56 GMT"}, {"Friday, 15-Jun-35 12:34:56 GMT"}, {"Fri Jun 15 12:34:56 2035"}, {"2035-06-15T12:34:56Z"}, {"Fri, 15 Jun 2035 12:34:56 PST"},
	{"Thu, 01 Jan 1970 00:00:00 GMT"}, {"Thu, 01 Jan 1970 00:30:00 GMT"}, {"Wed, 31 Dec 1969 23:59:59 GMT"}, {"Sat, 01 Jan 2000 00:00:00 GMT"},
	{"Fri, 15 Jun 2035 12:34:56 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"}, {"Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 15 Jun 2035 12:34:56 GMT"}, {"x", "Fri, 15 Jun 2035 12:34:56 GMT"}, {"Fri, 15 Jun 2035 12:34:56 GMT", "x"},
	{"", "Fri, 15 Jun 2035 12:34:56 GMT"}, {"Fri, 15 Jun 2035 12:34:56 GMT", ""}, {"Fri, 15 Jun 2035 12:34:56 GMT", "Fri, 15 Jun 2035 12:34:56 GMT"}, {"x", "y", "Fri, 15 Jun 2035 12:34:56 GMT"},
	{"Mon, 01 Jan 1601 00:00:00 GMT"}, {"Sun, 31 Dec 1600 23:59:59 GMT"}, {"01 Jan 1000 00:00:00 GMT"}, {"01 Jan 0001 00:00:00 GMT"}, {"01 Jan 0000 00:00:00 GMT"}, {"Fri, 31 Dec 9999 23:59:59 GMT"}, {"31 Dec 32767 23:59:59 GMT"}, {"31 Dec 99999 23:59:59 GMT"},
}

// lives returns cookies for some expiries, c0 for the first of them.
func lives(expiries ...string) []string {
	var lines []string
	for i, e := range expiries {
		lines = append(lines, fmt.Sprintf("c%d=1; %s", i, e))
	}
	return lines
}

// dateScenarios returns scenarios about the Date of responses: each Date that may be
// read, each clock with each expiry, each kind of request, and then n at random.
func dateScenarios(seed uint64, n int) []*scenario.Scenario {
	c := &collection{count: map[string]int{}}
	add := func(topic string, steps ...scenario.Step) {
		c.all = append(c.all, &scenario.Scenario{ID: fmt.Sprintf("date-%s-%d", topic, c.count[topic]), Source: "date/" + topic, Steps: steps})
		c.count[topic]++
	}
	for _, text := range readings() {
		add("read", dated(set(typed, shop, ladder()...), text), get(typed, shop))
	}
	for _, dates := range clocks {
		step := set(typed, shop, lives(expiries...)...)
		if dates != nil {
			step = dated(step, dates...)
		}
		add("clock", step, get(typed, shop))
		before := []string{}
		for i := range expiries {
			before = append(before, fmt.Sprintf("c%d=old", i))
		}
		add("replace", set(typed, shop, before...), step, get(typed, shop))
	}
	some := lives(expiries[:12]...)
	for i := range some {
		some[i] += "; Secure; SameSite=None"
	}
	for _, dates := range [][]string{{}, {format(base)}, {format(base.Add(-30 * time.Minute))}, {format(base.Add(2 * time.Hour))}, {"x", format(base)}} {
		for _, x := range []scenario.Ctx{
			typed, link(evil), post(evil), fetch(evil), fetch(shop), iframe(evil), {Kind: scenario.WebSocket, Top: shop},
			{Kind: scenario.Navigate, RedirectFrom: []string{evil + "hop"}}, {Kind: scenario.Navigate, RedirectFrom: []string{shop + "hop", evil + "hop"}, RedirectStatus: 307},
			{Kind: scenario.Subresource, Top: shop, RedirectFrom: []string{shop + "hop"}},
		} {
			to := shop
			if x.Kind == scenario.WebSocket {
				to = "wss://shop.test/"
			}
			add("kind", dated(set(x, to, some...), dates...), get(typed, shop), set(scripted, shop, lives(expiries...)...), get(scripted, shop), get(typed, shop))
		}
	}
	for i := range n {
		add("random", randomDates(newGen(seed, uint64(i)))...)
	}
	return c.all
}

// randomDates are responses of a server whose clock jumps.
func randomDates(g *gen) []scenario.Step {
	readings := readings()
	var steps []scenario.Step
	for range 1 + g.IntN(3) {
		var lines []string
		for range 3 + g.IntN(6) {
			line := fmt.Sprintf("%c=%d; ", 'a'+g.IntN(8), g.IntN(100))
			switch g.IntN(4) {
			case 0:
				line += "Expires=" + g.date()
			case 1:
				line += pick(g, expiries...)
			default:
				line += "Expires=" + format(base.Add(time.Duration(g.IntN(2000)-1000)*7*time.Minute))
			}
			lines = append(lines, line)
		}
		s := set(pick(g, typed, typed, typed, scripted), shop, lines...)
		switch {
		case s.Ctx.Kind == scenario.Script:
			for i, line := range s.Lines {
				s.Lines[i] = scenario.Bytes(strings.ToValidUTF8(string(line), "?"))
			}
		case g.percent(40):
			s = dated(s, format(base.Add(time.Duration(g.IntN(2000)-1000)*7*time.Minute-time.Duration(60+g.IntN(300))*time.Second)))
		case g.percent(40):
			s = dated(s, pick(g, readings...))
		case g.percent(50):
			s = dated(s, g.date())
		default:
			if dates := pick(g, clocks...); dates != nil {
				s = dated(s, dates...)
			}
		}
		steps = append(steps, s, get(typed, shop))
	}
	return append(steps, get(scripted, shop))
}
