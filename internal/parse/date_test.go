package parse

import (
	"fmt"
	"testing"
	"time"
)

func TestDate(t *testing.T) {
	testDate(t, "date.json", 0)
	testDate(t, "date-loose.json", LooseDates)
}

// testDate runs a file's vectors, which are of dates with or without LooseDates. No
// other mode makes a difference. Otherwise than in the mode they are for they are
// inputs for which the reference says what is right.
func testDate(t *testing.T, file string, of Mode) {
	for _, v := range load[string](t, file) {
		t.Run(file+"/"+v.ID, func(t *testing.T) {
			var want time.Time
			if v.Want != "" {
				// As RFC 3339 has it, but for years of five digits.
				var year, month, day, hour, minute, second int
				if _, err := fmt.Sscanf(v.Want, "%d-%d-%dT%d:%d:%dZ", &year, &month, &day, &hour, &minute, &second); err != nil {
					t.Fatal(err)
				}
				want = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
			}
			for _, mode := range modes {
				got, ok := Date(v.Input, mode)
				slow, slowOK := slowDate(v.Input, mode)
				if mode&LooseDates == of && (slow != want || slowOK != (v.Want != "")) {
					t.Errorf("mode %d: reference says %v, %t", mode, slow, slowOK)
				}
				if got != slow || ok != slowOK {
					t.Errorf("Date(%q, %d) = %v, %t, want %v, %t: %s", v.Input, mode, got, ok, slow, slowOK, v.Why)
				}
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
	for _, v := range append(load[string](f, "date.json"), load[string](f, "date-loose.json")...) {
		f.Add(v.Input, uint8(0))
		f.Add(v.Input, uint8(LooseDates))
	}
	f.Fuzz(func(t *testing.T, s string, m uint8) {
		mode := Mode(m) & allModes
		got, ok := Date(s, mode)
		if want, wantOK := slowDate(s, mode); got != want || ok != wantOK {
			t.Errorf("Date(%q, %d) = %v, %t, reference says %v, %t", s, mode, got, ok, want, wantOK)
		}
	})
}
