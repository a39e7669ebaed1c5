package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

// The zero Clock tells what time.Now does.
func TestClock(t *testing.T) {
	var c Clock
	for range 3 {
		before := time.Now().Add(-reading) // somebody may be setting it
		got := c.Now()
		if after := time.Now().Add(reading); got.Before(before) || got.After(after) {
			t.Errorf("Now() = %v, want one from %v to %v", got, before, after)
		}
		if got.Location() != time.UTC {
			t.Errorf("Now() is in %v, want UTC", got.Location())
		}
	}
	if n := testing.AllocsPerRun(100, func() { c.Now() }); n != 0 {
		t.Errorf("Now allocates %v times, want 0", n)
	}
}

// In a bubble, a Clock that was used outside of it tells the bubble's time, and when it is
// used outside again, that of day.
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
		t.Errorf("after a bubble Now() = %v, and before it %v", got, outside)
	}
}

// When the time of day has been set, the Clock tells so as soon as it has read it again.
func TestClockIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Clock
		c.Now()
		c.ahead.Add(int64(time.Hour)) // as if it had been an hour later
		time.Sleep(reading - 1)
		if got, want := c.Now(), time.Now().Add(time.Hour); !got.Equal(want) {
			t.Errorf("before it is read again, Now() = %v, want %v", got, want)
		}
		time.Sleep(time.Nanosecond)
		if got, want := c.Now(), time.Now(); !got.Equal(want) {
			t.Errorf("Now() = %v, want %v", got, want)
		}
	})
}

// A Clock with a function tells what that returns.
func TestClockFunc(t *testing.T) {
	c := Clock{Func: func() time.Time { return time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) }}
	if got := c.Now(); got != time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC) {
		t.Errorf("Now() = %v, want %v", got, time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC))
	}
}
