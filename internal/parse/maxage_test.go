package parse

import "testing"

func TestMaxAge(t *testing.T) {
	for _, v := range load[*int64](t, "max-age.json") {
		t.Run(v.ID, func(t *testing.T) {
			var want int64
			if v.Want != nil {
				want = *v.Want
			}
			if got, ok := parseMaxAge(v.Input, 0); got != want || ok != (v.Want != nil) {
				t.Errorf("parseMaxAge(%q) = %d, %t, want %d, %t: %s", v.Input, got, ok, want, v.Want != nil, v.Why)
			}
			if got, ok := slowMaxAge(v.Input); got != want || ok != (v.Want != nil) {
				t.Errorf("reference says %d, %t", got, ok)
			}
		})
	}
}

func FuzzMaxAge(f *testing.F) {
	for _, v := range load[*int64](f, "max-age.json") {
		f.Add(v.Input)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got, ok := parseMaxAge(value, 0)
		if want, wantOK := slowMaxAge(value); got != want || ok != wantOK {
			t.Errorf("parseMaxAge(%q) = %d, %t, reference says %d, %t", value, got, ok, want, wantOK)
		}
	})
}
