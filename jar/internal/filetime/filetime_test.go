package filetime

import (
	"testing"
	"time"
)

func TestCreated(t *testing.T) {
	at := func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
	var zero time.Time
	for _, test := range []struct {
		name                         string
		created, modified, now, want time.Time
	}{
		{"the clock is right", at(2025), at(2026), at(2027), at(2025)},
		{"the clock is behind", at(2025), at(2026), at(1970), at(2025)},
		{"made up", at(2999), at(2026), at(2027), at(2027)},
		{"made up, the clock is behind", at(2999), at(2026), at(1970), at(2026)},
		{"after the file, and past", at(2026), at(2025), at(2027), at(2026)},
		{"not said", zero, at(2026), at(2027), zero},
		{"not said, the clock is behind", zero, at(2026), at(1970), at(2026)},
		{"file time unknown", at(2999), zero, at(1970), at(2999)},
		{"nothing known", zero, zero, at(1970), zero},
	} {
		if got := Created(test.created, test.modified, test.now); !got.Equal(test.want) {
			t.Errorf("%s: Created(%v, %v, %v) = %v, want %v", test.name, test.created, test.modified, test.now, got, test.want)
		}
	}
}
