package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"uacookie/jar"
	"uacookie/jar/scenario"
)

// The JSON is one object for each Set-Cookie line. Strings are as in scenario files: each
// byte is the character of that number. Values are present only with -values.
type (
	jsonLine struct {
		Line   int            `json:"line"` // from 1
		URL    string         `json:"url"`
		Method string         `json:"method"`
		Name   scenario.Bytes `json:"name"`
		Text   scenario.Bytes `json:"text,omitempty"` // with -values
		Agents []jsonAgent    `json:"agents"`
	}

	jsonAgent struct {
		As    string     `json:"as"`
		Parts []jsonPart `json:"parts"`
		jsonVerdict
		Cookie *jsonCookie  `json:"cookie,omitempty"` // as far as it was parsed
		Then   *jsonVerdict `json:"then,omitempty"`
	}

	jsonPart struct {
		Start   int    `json:"start"` // byte offset in the line
		End     int    `json:"end"`
		Name    string `json:"name,omitempty"`
		Ignored string `json:"ignored,omitempty"`
	}

	jsonVerdict struct {
		Verdict  string     `json:"verdict"` // stored, removed, refused; sent, withheld
		Reason   string     `json:"reason,omitempty"`
		Spec     string     `json:"spec,omitempty"`
		DevTools string     `json:"devtools,omitempty"`
		Steps    []jsonStep `json:"steps"`
	}

	jsonStep struct {
		Rule   string `json:"rule"`
		Spec   string `json:"spec,omitempty"`
		Passed bool   `json:"passed"`
	}

	jsonCookie struct {
		Name      scenario.Bytes  `json:"name"`
		Value     *scenario.Bytes `json:"value,omitempty"` // with -values
		Domain    scenario.Bytes  `json:"domain"`
		HostOnly  bool            `json:"host_only"`
		Path      scenario.Bytes  `json:"path"`
		Expires   *time.Time      `json:"expires,omitempty"`         // not for a session cookie
		Written   *time.Time      `json:"expires_written,omitempty"` // the server's Expires, if its clock is wrong
		Capped    bool            `json:"capped,omitempty"`
		Secure    bool            `json:"secure"`
		HttpOnly  bool            `json:"http_only"`
		SameSite  string          `json:"same_site,omitempty"`
		Priority  string          `json:"priority,omitempty"`
		Partition string          `json:"partition,omitempty"`
	}
)

// writeJSON writes explanations as JSON.
func writeJSON(w io.Writer, all []explanation, values bool) error {
	for i := range all {
		e := &all[i]
		line := jsonLine{
			Line: e.number, URL: place(e.request), Method: cmp.Or(e.request.Method, "GET"),
			Name: scenario.Bytes(e.agents[0].verdict.Cookie.Name),
		}
		if values {
			line.Text = scenario.Bytes(e.line)
		}
		for k := range e.agents {
			line.Agents = append(line.Agents, jsonOf(&e.agents[k], values))
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(line); err != nil {
			return err
		}
		if _, err := w.Write(asciiJSON(b.Bytes())); err != nil {
			return err
		}
	}
	return nil
}

// asciiJSON escapes DEL and all characters beyond ASCII, which a terminal may act on.
func asciiJSON(data []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(data) {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			r -= 0x1_0000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
	return b.Bytes()
}

func jsonOf(j *judged, values bool) jsonAgent {
	verdict := "stored"
	if j.verdict.Removed {
		verdict = "removed"
	}
	a := jsonAgent{As: j.agent.String(), Parts: []jsonPart{}, jsonVerdict: verdictOf(&j.verdict, verdict, "refused")}
	for _, p := range j.parts {
		if p.Start < p.End {
			a.Parts = append(a.Parts, jsonPart{p.Start, p.End, p.Name, p.Ignored.String()})
		}
	}
	if c := &j.verdict.Cookie; c.Domain != "" {
		a.Cookie = &jsonCookie{
			Name: scenario.Bytes(c.Name), Domain: scenario.Bytes(c.Domain), HostOnly: c.HostOnly, Path: scenario.Bytes(c.Path),
			Capped: j.verdict.Capped, Secure: c.Secure, HttpOnly: c.HttpOnly, SameSite: c.SameSite.String(),
			Priority: c.Priority.String(), Partition: c.Partition.String(),
		}
		if c.Persistent() {
			expires := c.Expires.UTC()
			a.Cookie.Expires = &expires
		}
		if !j.expiry.written.IsZero() {
			a.Cookie.Written = &j.expiry.written
		}
		if values {
			value := scenario.Bytes(c.Value)
			a.Cookie.Value = &value
		}
	}
	if j.then != nil {
		then := verdictOf(j.then, "sent", "withheld")
		a.Then = &then
	}
	return a
}

func verdictOf(v *jar.Verdict, good, bad string) jsonVerdict {
	j := jsonVerdict{Verdict: good, Steps: []jsonStep{}}
	if r := v.Reason; r != 0 {
		j.Verdict, j.Reason, j.Spec, j.DevTools = bad, r.String(), r.Spec(), r.DevTools()
	}
	for _, s := range v.Steps() {
		j.Steps = append(j.Steps, jsonStep{s.Rule.String(), s.Spec, !s.Broken})
	}
	return j
}
