package parse

import "testing"

func TestMaxAge(t *testing.T) {
	testMaxAge(t, "max-age.json", 0)
	testMaxAge(t, "max-age-loose.json", LooseMaxAge)
}

// testMaxAge is for LooseMaxAge what testDate is for LooseDates.
func testMaxAge(t *testing.T, file string, of Mode) {
	for _, v := range load[*int64](t, file) {
		t.Run(file+"/"+v.ID, func(t *testing.T) {
			var want int64
			if v.Want != nil {
				want = *v.Want
			}
			for _, mode := range modes {
				got, ok := parseMaxAge(v.Input, mode)
				slow, slowOK := slowMaxAge(v.Input, mode)
				if mode&LooseMaxAge == of && (slow != want || slowOK != (v.Want != nil)) {
					t.Errorf("mode %d: reference says %d, %t", mode, slow, slowOK)
				}
				if got != slow || ok != slowOK {
					t.Errorf("parseMaxAge(%q, %d) = %d, %t, want %d, %t: %s", v.Input, mode, got, ok, slow, slowOK, v.Why)
				}
			}
		})
	}
}

func FuzzMaxAge(f *testing.F) {
	for _, v := range append(load[*int64](f, "max-age.json"), load[*int64](f, "max-age-loose.json")...) {
		f.Add(v.Input, uint8(0))
		f.Add(v.Input, uint8(LooseMaxAge))
	}
	f.Fuzz(func(t *testing.T, value string, m uint8) {
		mode := Mode(m) & allModes
		got, ok := parseMaxAge(value, mode)
		if want, wantOK := slowMaxAge(value, mode); got != want || ok != wantOK {
			t.Errorf("parseMaxAge(%q, %d) = %d, %t, reference says %d, %t", value, mode, got, ok, want, wantOK)
		}
	})
}
