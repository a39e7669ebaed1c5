package main

import (
	"errors"
	"time"

	"uacookie/examples/internal/responses"
	"uacookie/jar"
)

// came returns the time at which a response arrived.
func (x *explainer) came(e *responses.Exchange) time.Time {
	if e.Came.IsZero() {
		return x.now
	}
	return e.Came
}

// serverTime returns the time by the server's clock when a response arrived, by its Date field as a
// user agent reads it, or zero if it is not known.
func (x *explainer) serverTime(ua jar.UserAgent, e *responses.Exchange) (time.Time, error) {
	if x.date == "" {
		return ua.ServerTime(e.Dates), nil
	}
	t := ua.ServerTime([]string{x.date})
	if t.IsZero() {
		return t, errors.New("-date is not a date: want, for example, \"Wed, 21 Oct 2026 07:28:00 GMT\"")
	}
	return t, nil
}

// An expiry is an Expires as the server wrote it, and as it counts by our clock. It is zero
// if both are the same.
type expiry struct{ written, counted time.Time }

// expiryOf returns the expiry of a line that comes now.
func expiryOf(ua jar.UserAgent, r *jar.Request, line string, now time.Time) (expiry, error) {
	receive := func(r *jar.Request) (time.Time, error) {
		j, err := jar.New(&jar.Options{UserAgent: ua, MaxAge: -1, Now: func() time.Time { return now }})
		if err != nil {
			return time.Time{}, err
		}
		return j.Receive(r, []string{line})[0].Cookie.Expires, nil
	}
	counted, err := receive(r)
	if err != nil {
		return expiry{}, err
	}
	literal := *r
	literal.ServerTime = time.Time{}
	written, err := receive(&literal)
	if err != nil || written.Equal(counted) {
		return expiry{}, err
	}
	return expiry{written, counted}, nil
}

// clock explains an Expires that was counted by the server's clock.
func (t *explainText) clock(e *explanation, j *judged) {
	if j.expiry.written.IsZero() {
		return
	}
	off := span(e.now.Sub(j.server)) + " slow"
	if j.server.After(e.now) {
		off = span(j.server.Sub(e.now)) + " fast"
	}
	const layout = "2006-01-02 15:04:05"
	t.wrap(indent+2, "The server's Expires is "+j.expiry.written.UTC().Format(layout)+" UTC. Its clock is "+off+
		", so the cookie expires at "+j.expiry.counted.UTC().Format(layout)+" UTC.", "")
}
