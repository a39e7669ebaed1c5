package jar_test

import (
	"testing"
	"time"

	"uacookie/jar"
)

// Every method that sends a cookie updates its last access, whatever options limit or observe
// what is sent. A cookie that is not sent keeps it. See RFC 6265bis, Section 5.8.3, step 5.
func TestLastAccessHoweverRead(t *testing.T) {
	start := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	r := to(t, "https://shop.test/")
	reads := map[string]func(*jar.Jar){
		"Header":   func(j *jar.Jar) { j.Header(r) },
		"Cookies":  func(j *jar.Jar) { j.Cookies(r.URL) },
		"Retrieve": func(j *jar.Jar) { j.Retrieve(r) },
	}
	options := map[string]jar.Options{
		"no options":   {},
		"MaxSent":      {MaxSent: 2},
		"MaxSentBytes": {MaxSentBytes: len("a=1; b=2")},
		"Withheld":     {Withheld: func(*jar.Refusal) {}},
	}
	for name, o := range options {
		for read, ask := range reads {
			t.Run(name+"/"+read, func(t *testing.T) {
				now := start
				o.Now = func() time.Time { return now }
				j, _ := jar.New(&o)
				j.Receive(r, []string{"a=1", "b=2", "c=3; Path=/elsewhere"})
				now = now.Add(time.Hour)
				ask(j)
				for c := range j.All() {
					if sent := c.Path == "/"; c.LastAccess.Equal(now) != sent {
						t.Errorf("%v: last access %v, want %v: %t", c, c.LastAccess, now, sent)
					}
				}
			})
		}
	}
}
