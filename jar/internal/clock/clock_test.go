package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

// The zero Clock returns the time of time.Now.
func TestClock(t *testing.T) {
	var c Clock
	for range 3 {
		before := time.Now().Add(-reading) // the time of day may be set during the test
		got := c.Now()
		if after := time.Now().Add(reading); got.Before(before) || got.After(after) {
			t.Errorf("Now() = %v, want a time from %v to %v", got, before, after)
		}
		if got.Location() != time.UTC {
			t.Errorf("Now() is in %v, want UTC", got.Location())
		}
	}
	if n := testing.AllocsPerRun(100, func() { c.Now() }); n != 0 {
		t.Errorf("Now: %v allocations, want 0", n)
	}
}

// A Clock that was used before returns the time of a synctest bubble inside it, and the
// time of day after it.
func TestClockInBubble(t *testing.T) {
	var c Clock
	outside := c.Now()
	synctest.Test(t, func(t *testing.T) {
		for _, d := range []time.Duration{0, time.Microsecond, reading - 1, 1, time.Hour, 400 * 24 * time.Hour} {
			time.Sleep(d)
			if got, want := c.Now(), time.Now(); !got.Equal(want) {
				t.Errorf("Now() = %v, want %v", got, want)
			}
		}
	})
	if got := c.Now(); got.Before(outside.Add(-reading)) || got.After(time.Now().Add(reading)) {
		t.Errorf("after a bubble, Now() = %v, want the time of day; before the bubble it was %v", got, outside)
	}
}

// After the time of day was set, the Clock returns the new time from its next reading on.
func TestClockIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Clock
		c.Now()
		c.ahead.Add(int64(time.Hour)) // as if the time of day had been an hour later
		time.Sleep(reading - 1)
		if got, want := c.Now(), time.Now().Add(time.Hour); !got.Equal(want) {
			t.Errorf("before the next reading, Now() = %v, want %v", got, want)
		}
		time.Sleep(time.Nanosecond)
		if got, want := c.Now(), time.Now(); !got.Equal(want) {
			t.Errorf("after the next reading, Now() = %v, want %v", got, want)
		}
	})
}

// Now returns the result of Func if it is set.
func TestClockFunc(t *testing.T) {
	c := Clock{Func: func() time.Time { return time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) }}
	if got := c.Now(); got != time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) {
		t.Errorf("Now() = %v, want %v", got, time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC))
	}
}
