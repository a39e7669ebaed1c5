package browser

import (
	_ "embed"
	"html/template"
	"io"
	"strconv"

	"uacookie/jar"
	"uacookie/jar/policy"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// WriteHTML writes the log as one static HTML page, for a person to read: each request with its
// header fields, and each cookie with the rule that decided about it, in plain language. The
// page has no script and loads nothing.
func (l Log) WriteHTML(w io.Writer, o *WriteOptions) error {
	rows := make([]pageRow, len(l))
	for i, x := range l {
		rows[i] = x.row(o.values())
	}
	return pageTemplate.Execute(w, rows)
}

// A pageRow is an exchange on the page.
type pageRow struct {
	Time, Method, Status, Kind, URL, From, Error string

	Blocked           bool
	Notes             []string
	Cookies           []pageCookie
	Request, Response []harField
}

// A pageCookie is a cookie with what became of it.
type pageCookie struct{ Fate, Cookie, Value, Rule, Spec, Why string }

// row returns the exchange as a row.
func (x *Exchange) row(values bool) pageRow {
	row := pageRow{
		Time: x.Time.UTC().Format("15:04:05.000"), Method: x.Method, Status: x.status(), Kind: string(x.Kind), URL: x.URL.Redacted(),
		From: x.from(), Notes: x.Notes, Blocked: x.Err != nil, Request: harFields(x.Header, values),
	}
	if x.Err != nil {
		row.Error = x.Err.Error()
	}
	if x.Response != nil {
		row.Response = harFields(x.Response.Header, values)
	}
	add := func(all []jar.Verdict, done, not string) {
		for i := range all {
			v := &all[i]
			if v.Reason == policy.ReasonOtherPath {
				continue
			}
			c := pageCookie{Fate: done, Cookie: describe(&v.Cookie)}
			switch {
			case !v.OK():
				c.Fate, c.Rule, c.Spec, c.Why = not, v.Reason.String(), v.Reason.Spec(), v.Reason.Explanation()
			case v.Removed:
				c.Fate = "removed"
			}
			if values {
				c.Value = v.Cookie.Value
			}
			row.Cookies = append(row.Cookies, c)
		}
	}
	add(x.Cookies, "sent", "withheld")
	add(x.SetCookies, "stored", "refused")
	return row
}

// status returns what the log has for the status.
func (x *Exchange) status() string {
	switch {
	case x.Response == nil:
		return "-"
	case x.Err == nil:
		return strconv.Itoa(x.Response.StatusCode)
	case redirects(x.Response):
		return "-"
	}
	return "CORS"
}

// from returns who started the request, "" for the user.
func (x *Exchange) from() string {
	switch i := x.Context.Initiator; {
	case i == nil:
		return ""
	case i.Host == "":
		return "an opaque origin"
	default:
		return origin(i)
	}
}
