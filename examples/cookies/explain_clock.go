package main

import (
	"errors"
	"time"

	"uacookie/examples/internal/responses"
	"uacookie/jar/policy"
)

// came returns the time at which a response arrived.
func (x *explainer) came(e *responses.Exchange) time.Time {
	if e.Came.IsZero() {
		return x.now
	}
	return e.Came
}

// serverTime returns the time by the server's clock when a response arrived, or zero if it
// is not known.
func (x *explainer) serverTime(e *responses.Exchange) (time.Time, error) {
	if x.date == "" {
		return policy.ServerTime(e.Dates), nil
	}
	t := policy.ServerTime([]string{x.date})
	if t.IsZero() {
		return t, errors.New("-date is not a date: want, for example, \"Wed, 21 Oct 2026 07:28:00 GMT\"")
	}
	return t, nil
}

// An expiry is an Expires as the server wrote it, and as it counts by our clock. It is zero
// if both are the same.
type expiry struct{ written, counted time.Time }

// expiryOf returns the expiry of a line.
func expiryOf(rules *policy.Policy, r *policy.Request, line string, now time.Time) expiry {
	uncapped := *rules
	uncapped.MaxAge = -1
	counted, _ := uncapped.Receive(r, line, now)
	literal := *r
	literal.ServerTime = time.Time{}
	written, _ := uncapped.Receive(&literal, line, now)
	if written.Cookie.Expires.Equal(counted.Cookie.Expires) {
		return expiry{}
	}
	return expiry{written.Cookie.Expires, counted.Cookie.Expires}
}

// clock explains an Expires that was counted by the server's clock.
func (t *explainText) clock(e *explanation, j *judged) {
	if j.expiry.written.IsZero() {
		return
	}
	off := span(e.now.Sub(e.request.ServerTime)) + " slow"
	if e.request.ServerTime.After(e.now) {
		off = span(e.request.ServerTime.Sub(e.now)) + " fast"
	}
	const layout = "2006-01-02 15:04:05"
	t.wrap(indent+2, "The server's Expires is "+j.expiry.written.UTC().Format(layout)+" UTC. Its clock is "+off+
		", so the cookie expires at "+j.expiry.counted.UTC().Format(layout)+" UTC.", "")
}
