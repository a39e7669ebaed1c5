package main

import (
	"errors"
	"time"

	"uacookie/examples/internal/responses"
	"uacookie/jar"
	"uacookie/jar/policy"
)

// came returns when a response came.
func (x *explainer) came(e *responses.Exchange) time.Time {
	if e.Came.IsZero() {
		return x.now
	}
	return e.Came
}

// serverTime returns what the clock of the server showed when a response came, as a user
// agent reads its Date; zero if that is not known.
func (x *explainer) serverTime(ua policy.UserAgent, e *responses.Exchange) (time.Time, error) {
	if x.date == "" {
		return ua.ServerTime(e.Dates), nil
	}
	t := ua.ServerTime([]string{x.date})
	if t.IsZero() {
		return t, errors.New("-date is not a date: want one such as \"Wed, 21 Oct 2026 07:28:00 GMT\"")
	}
	return t, nil
}

// An expiry is what an Expires says that was counted by the server's clock, and what
// that is by ours. It is zero if both are the same.
type expiry struct{ written, counted time.Time }

// expiryOf returns the expiry of a line that comes now.
func expiryOf(ua policy.UserAgent, r *policy.Request, line string, now time.Time) (expiry, error) {
	receive := func(r *policy.Request) (time.Time, error) {
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

// clock says what became of an Expires that was counted by the server's clock.
func (t *explainText) clock(e *explanation, j *judged) {
	if j.expiry.written.IsZero() {
		return
	}
	off := span(e.now.Sub(j.server)) + " slow"
	if j.server.After(e.now) {
		off = span(j.server.Sub(e.now)) + " fast"
	}
	const layout = "2006-01-02 15:04:05"
	t.wrap(indent+2, "The server wrote that it expires at "+j.expiry.written.UTC().Format(layout)+" UTC. Its clock is "+off+
		", so that is "+j.expiry.counted.UTC().Format(layout)+" UTC.", "")
}
