package inspect

import (
	"testing"
	"time"
)

func TestDistance(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{0, "now"},
		{300 * time.Millisecond, "now"},
		{-300 * time.Millisecond, "now"},
		{time.Second, "in 1 second"},
		{59 * time.Second, "in 59 seconds"},
		{time.Minute - time.Nanosecond, "in 1 minute"},
		{5 * time.Minute, "in 5 minutes"},
		{59*time.Minute + 29*time.Second, "in 59 minutes"},
		{59*time.Minute + 31*time.Second, "in 1 hour"},
		{time.Hour - time.Nanosecond, "in 1 hour"},
		{23*time.Hour + 29*time.Minute, "in 23 hours"},
		{23*time.Hour + 31*time.Minute, "in 1 day"},
		{25 * time.Hour, "in 1 day"},
		{3 * day, "in 3 days"},
		{3*day - time.Second, "in 3 days"},
		{59 * day, "in 59 days"},
		{62 * day, "in 2 months"},
		{400 * day, "in 13 months"},
		{700 * day, "in 23 months"},
		{720 * day, "in 2 years"},
		{10 * 365 * day, "in 10 years"},
		{-time.Second, "1 second ago"},
		{-3 * day, "3 days ago"},
		{1<<63 - 1, "in 292 years"},
		{-1 << 63, "292 years ago"},
	} {
		if got := distance(epoch.Add(test.d), epoch); got != test.want {
			t.Errorf("distance(now + %v, now) = %q, want %q", test.d, got, test.want)
		}
	}
}

func TestVisible(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"plain", "plain"},
		{"naïve 日本 🍪", "naïve 日本 🍪"},
		{`<img src=x>"'&\`, `<img src=x>"'&\`},
		{"tab\there", `tab\there`},
		{"\x00\x1b[31m", `\x00\x1b[31m`},
		{"caf\xe9", `caf\xe9`},
		{"\u202egnp.exe", `\u202egnp.exe`},
		{"zero\u200bwidth", `zero\u200bwidth`},
		{"\ufffd", "\ufffd"},
		{"nbsp\u00a0", `nbsp\u00a0`},
	} {
		if got := visible(test.in); got != test.want {
			t.Errorf("visible(%+q) = %+q, want %+q", test.in, got, test.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 12: "12", 999: "999", 1000: "1,000", 123456: "123,456", 1234567: "1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 5 << 20: "5.0 MiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
	if got := stamp(time.Time{}); got != "" {
		t.Errorf("stamp of the zero Time = %q, want none", got)
	}
}
