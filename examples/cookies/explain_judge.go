package main

import (
	"time"

	"uacookie/examples/internal/responses"
	"uacookie/jar"
	"uacookie/jar/policy"
)

// An explanation has the results for one line.
type explanation struct {
	number  int // from 1
	request *jar.Request
	line    string
	now     time.Time // when the response arrived
	agents  []judged
}

// A judged is the result of one user agent for a line.
type judged struct {
	agent   jar.UserAgent
	parts   []jar.Part
	verdict jar.Verdict
	expiry  expiry
	server  time.Time // when the response came, by the server's clock as the agent reads it

	then *jar.Verdict // nil without -then, or if the cookie was refused
	to   *jar.Request
}

func (j *judged) ok() bool { return j.verdict.OK() && (j.then == nil || j.then.OK()) }

// ok reports whether all user agents stored the cookie and sent it.
func (e *explanation) ok() bool {
	for i := range e.agents {
		if !e.agents[i].ok() {
			return false
		}
	}
	return true
}

// judge gives each user agent a jar of its own, in which it receives all lines and then
// sends the cookies that it stored.
func (x *explainer) judge(exchanges []responses.Exchange) ([]explanation, error) {
	var all []explanation
	for _, e := range exchanges {
		r, err := x.setting.request(target{e.URL, e.Method})
		if err != nil {
			return nil, err
		}
		e.Fill(r)
		for _, line := range e.Lines {
			all = append(all, explanation{number: len(all) + 1, request: r, line: line, now: x.came(&e)})
		}
	}
	var to *jar.Request
	if x.then != "" {
		u, err := responses.URL(x.then)
		if err != nil {
			return nil, err
		}
		if to, err = x.sending.request(target{url: u}); err != nil {
			return nil, err
		}
	}
	for _, ua := range x.agents {
		now := x.now
		j, err := jar.New(&jar.Options{UserAgent: ua, Now: func() time.Time { return now }})
		if err != nil {
			return nil, err
		}
		if x.stored != "" {
			if err := x.command.loadInto(j, x.stored); err != nil {
				return nil, err
			}
		}
		next := all
		for _, e := range exchanges {
			if len(e.Lines) == 0 {
				continue
			}
			now = x.came(&e)
			r := *next[0].request
			if r.ServerTime, err = x.serverTime(ua, &e); err != nil {
				return nil, err
			}
			for i, v := range j.Receive(&r, e.Lines) {
				expires, err := expiryOf(ua, &r, e.Lines[i], now)
				if err != nil {
					return nil, err
				}
				next[i].agents = append(next[i].agents, judged{
					agent: ua, parts: j.Parts(&r, e.Lines[i]), verdict: v, to: to, expiry: expires, server: r.ServerTime,
				})
			}
			next = next[len(e.Lines):]
		}
		if to != nil {
			stored := byOrder(j)
			now = now.Add(x.after)
			x.send(all, j, stored, to)
		}
	}
	return all, nil
}

// send adds to the results of the latest user agent, whose jar is j, whether it sends each
// cookie in the request to, which is made now. stored are the cookies before that.
func (x *explainer) send(all []explanation, j *jar.Jar, stored map[uint64]jar.Cookie, to *jar.Request) {
	lasts := map[uint64]int{} // index of the line of a stored cookie
	for i := range all {
		if v := &all[i].last().verdict; v.OK() && !v.Removed {
			lasts[v.Cookie.Order] = i
		}
	}
	for i := range all {
		last := all[i].last()
		v := &last.verdict
		if !v.OK() {
			continue
		}
		then := jar.Verdict{Cookie: v.Cookie, Reason: policy.ReasonNotStored}
		if c, ok := stored[v.Cookie.Order]; ok && !v.Removed && lasts[c.Order] == i {
			then = j.Judge(c, to)
		}
		last.then = &then
	}
}

// byOrder returns the cookies in a jar by their order, which tells the line they are from.
func byOrder(j *jar.Jar) map[uint64]jar.Cookie {
	stored := map[uint64]jar.Cookie{}
	for c := range j.All() {
		stored[c.Order] = c
	}
	return stored
}

func (e *explanation) last() *judged { return &e.agents[len(e.agents)-1] }
