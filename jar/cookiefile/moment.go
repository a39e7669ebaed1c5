package cookiefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"uacookie/internal/parse"
)

// A moment is a time in the JSON of any program: seconds or milliseconds since 1970, as a
// number or a string, or a date. The zero moment is absent or null.
type moment struct {
	Set  bool
	Time time.Time // zero for a session cookie
}

// errMoment does not quote the text, which may be a cookie's value in the wrong member.
var errMoment = errors.New("not a time")

// Numbers from minMillis to maxMillis are milliseconds: as seconds they would be past the
// year 9999.
const (
	minMillis = 1e12               // September of 2001
	maxMillis = 253402300800 * 1e3 // the end of 9999
)

// momentOf returns the moment of a number. A negative number means a session cookie.
func momentOf(f float64) moment {
	switch {
	case f < 0:
		return moment{Set: true}
	case minMillis <= f && f < maxMillis:
		f /= 1e3
	}
	return moment{true, unixTime(f)}
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(raw []byte) error {
	switch {
	case string(raw) == "null":
		return nil
	case raw[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return errMoment
		}
		t, ok := parseMoment(s)
		if !ok {
			return errMoment
		}
		*m = t
		return nil
	case bytes.IndexByte([]byte("-0123456789"), raw[0]) < 0:
		return errMoment
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return errMoment
	}
	*m = momentOf(f)
	return nil
}

// momentLayouts are the date formats other than cookie-dates. A date without a zone is in
// UTC.
var momentLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05Z",
	"2006-01-02 15:04:05.999999999 -0700 MST",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05.999999999",
	"Mon Jan 02 2006 15:04:05 GMT-0700", // a JavaScript Date
}

// parseMoment reads a time that is a string.
func parseMoment(s string) (m moment, ok bool) {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "", "session", "infinity": // tough-cookie writes infinity without an Expires
		return moment{Set: true}, true
	}
	if strings.Trim(s, "0123456789+-.eE") == "" {
		f, err := strconv.ParseFloat(s, 64)
		if err == nil || errors.Is(err, strconv.ErrRange) {
			return momentOf(f), true
		}
	}
	date, _, _ := strings.Cut(s, " (") // a JavaScript Date ends with the zone's name
	for _, layout := range momentLayouts {
		if t, err := time.Parse(layout, date); err == nil {
			return moment{true, clampTime(t)}, true
		}
	}
	if strings.HasSuffix(s, "GMT") || strings.HasSuffix(s, "UTC") {
		if t, ok := parse.Date(s, 0); ok {
			return moment{true, clampTime(t)}, true
		}
	}
	return moment{}, false
}

// clampTime returns t in UTC, truncated to the microsecond, or the nearest time that
// formats can express. It keeps the zero Time, which Go and .NET write.
func clampTime(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Microsecond)
	switch {
	case t.IsZero():
		return time.Time{}
	case t.Before(firstTime):
		return firstTime
	case t.After(lastTime):
		return lastTime
	}
	return t
}

// A lifetime is a Max-Age in JSON: seconds, or tough-cookie's Infinity.
type lifetime struct {
	Set     bool
	Seconds float64
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *lifetime) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	switch text {
	case "null", "":
		return nil
	case "Infinity", "-Infinity":
	default:
		if strings.Trim(text, "0123456789+-.eE") != "" {
			return errMoment
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return errMoment
	}
	*l = lifetime{true, f}
	return nil
}

// expiry returns the end of the lifetime of a cookie that was set at from, or at now if
// from is zero.
func (l lifetime) expiry(from, now time.Time) time.Time {
	if from.IsZero() {
		from = now
	}
	switch start := from.Unix(); {
	case l.Seconds <= 0:
		return firstTime
	case l.Seconds >= float64(lastTime.Unix()-min(start, lastTime.Unix())):
		return lastTime
	}
	return clampTime(from.Add(time.Duration(l.Seconds * float64(time.Second))))
}
