package parse

import (
	"testing"
	"time"
)

func TestDate(t *testing.T) {
	for _, v := range load[string](t, "date.json") {
		t.Run(v.ID, func(t *testing.T) {
			var want time.Time
			if v.Want != "" {
				var err error
				if want, err = time.Parse(time.RFC3339, v.Want); err != nil {
					t.Fatal(err)
				}
			}
			if got, ok := Date(v.Input, 0); got != want || ok != (v.Want != "") {
				t.Errorf("Date(%q) = %v, %t, want %q: %s", v.Input, got, ok, v.Want, v.Why)
			}
			if got, ok := slowDate(v.Input); got != want || ok != (v.Want != "") {
				t.Errorf("reference says %v, %t", got, ok)
			}
		})
	}
}

// The classes of octets are the grammar's, for each octet.
func TestDelimiter(t *testing.T) {
	for c := range 256 {
		got := isDelimiter(byte(c))
		want := c == 0x09 ||
			0x20 <= c && c <= 0x2f ||
			0x3b <= c && c <= 0x40 ||
			0x5b <= c && c <= 0x60 ||
			0x7b <= c && c <= 0x7e
		if got != want {
			t.Errorf("isDelimiter(%#02x) = %t, want %t", c, got, want)
		}
	}
}

// A month's name is three letters in any case: no other octets fold to them.
func TestMonthOfYear(t *testing.T) {
	months := 0
	for i := range 1 << 24 {
		token := string([]byte{byte(i >> 16), byte(i >> 8), byte(i)})
		if m, ok := monthOfYear(token); ok {
			months++
			if want := m.String()[:3]; slowLower(token) != slowLower(want) {
				t.Errorf("monthOfYear(%q) = %v, want none", token, m)
			}
		}
	}
	if want := 12 * 2 * 2 * 2; months != want {
		t.Errorf("%d names of months, want %d", months, want)
	}
}

func FuzzDate(f *testing.F) {
	for _, v := range load[string](f, "date.json") {
		f.Add(v.Input)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := Date(s, 0)
		if want, wantOK := slowDate(s); got != want || ok != wantOK {
			t.Errorf("Date(%q) = %v, %t, reference says %v, %t", s, got, ok, want, wantOK)
		}
	})
}
