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
		{"forged", at(2999), at(2026), at(2027), at(2027)},
		{"forged, and the clock is behind", at(2999), at(2026), at(1970), at(2026)},
		{"after the file's last change, but past", at(2026), at(2025), at(2027), at(2026)},
		{"no creation time", zero, at(2026), at(2027), zero},
		{"no creation time, and the clock is behind", zero, at(2026), at(1970), at(2026)},
		{"time of the file unknown", at(2999), zero, at(1970), at(2999)},
		{"both times unknown", zero, zero, at(1970), zero},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Created(test.created, test.modified, test.now); !got.Equal(test.want) {
				t.Errorf("Created(%v, %v, %v) = %v, want %v", test.created, test.modified, test.now, got, test.want)
			}
		})
	}
}
