package browser

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// A Log is a sequence of requests, the first one first.
type Log []*Exchange

// String returns the log as a browser's network panel has it: a line for each
// request, and below it a line for each cookie that was sent, withheld, stored or
// refused, with the reason in plain language, and lines about what else the browser did or
// blocked. A response that CORS kept from the page has CORS for its status. Cookies for other
// paths are left out, and so are the values of all.
//
//	GET   200  document   https://bank.test/
//	                      stored    session; Path=/; SameSite=Lax
//	POST  403  document   https://bank.test/transfer  from https://evil.test
//	                      withheld  session; Path=/; SameSite=Lax  samesite-lax-unsafe (Section 5.8.3, step 3.5)
//	                                A SameSite=Lax cookie is sent with a cross-site navigation only if its method is safe, as GET is.
func (l Log) String() string {
	var b strings.Builder
	for _, x := range l {
		x.write(&b)
	}
	return b.String()
}

// String returns the exchange as text: see [Log.String].
func (x *Exchange) String() string { return Log{x}.String() }

// LogValue implements slog.LogValuer, without cookies' values: a group of the exchanges
// by their index.
func (l Log) LogValue() slog.Value {
	all := make([]slog.Attr, len(l))
	for i, x := range l {
		if x == nil {
			x = new(Exchange)
		}
		all[i] = slog.Any(strconv.Itoa(i), *x)
	}
	return slog.GroupValue(all...)
}

// LogValue implements slog.LogValuer, without cookies' values, header fields and the
// URL's password.
func (x Exchange) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("kind", string(x.Kind)), slog.String("method", x.Method)}
	if x.URL != nil {
		attrs = append(attrs, slog.String("url", x.URL.Redacted()))
	}
	if x.Response != nil {
		attrs = append(attrs, slog.Int("status", x.Response.StatusCode))
	}
	if x.Err != nil {
		attrs = append(attrs, slog.String("error", x.Err.Error()))
	}
	if len(x.Notes) > 0 {
		attrs = append(attrs, slog.Any("notes", x.Notes))
	}
	return slog.GroupValue(append(attrs, verdicts("cookies", x.Cookies), verdicts("setCookies", x.SetCookies))...)
}

func verdicts(key string, all []jar.Verdict) slog.Attr {
	attrs := make([]slog.Attr, len(all))
	for i, v := range all {
		attrs[i] = slog.Any(strconv.Itoa(i), v)
	}
	return slog.Attr{Key: key, Value: slog.GroupValue(attrs...)}
}

func (x *Exchange) write(b *strings.Builder) {
	fmt.Fprintf(b, "%-5s %-4s %-10s %s", x.Method, x.status(), x.Kind, x.URL.Redacted())
	if from := x.from(); from != "" {
		b.WriteString("  from " + from)
	}
	b.WriteByte('\n')
	switch {
	case x.Response != nil && x.Err != nil:
		fmt.Fprintf(b, "%22sblocked   status %d, %s\n", "", x.Response.StatusCode, strings.ReplaceAll(x.Err.Error(), ErrBlocked.Error()+": ", ""))
	case errors.Is(x.Err, ErrBlocked):
		fmt.Fprintf(b, "%22sblocked   %s\n", "", strings.ReplaceAll(x.Err.Error(), ErrBlocked.Error()+": ", ""))
	case x.Err != nil:
		fmt.Fprintf(b, "%22serror     %v\n", "", x.Err)
	}
	for _, n := range x.Notes {
		fmt.Fprintf(b, "%22snote      %s\n", "", n)
	}
	for i := range x.Cookies {
		if x.Cookies[i].Reason == policy.ReasonOtherPath {
			continue
		}
		write(b, "sent", "withheld", &x.Cookies[i])
	}
	for i := range x.SetCookies {
		stored := "stored"
		if x.SetCookies[i].Removed {
			stored = "removed"
		}
		write(b, stored, "refused", &x.SetCookies[i])
	}
}

// write writes a line about a cookie.
func write(b *strings.Builder, done, not string, v *jar.Verdict) {
	if v.OK() {
		fmt.Fprintf(b, "%22s%-9s %s\n", "", done, describe(&v.Cookie))
		return
	}
	fmt.Fprintf(b, "%22s%-9s %s  %s", "", not, describe(&v.Cookie), v.Reason.String())
	if spec := v.Reason.Spec(); spec != "" {
		fmt.Fprintf(b, " (%s)", spec)
	}
	fmt.Fprintf(b, "\n%32s%s\n", "", v.Reason.Explanation())
}

// describe returns a cookie as a Set-Cookie line without its value.
func describe(c *jar.Cookie) string {
	s := []string{quote(c.Name)}
	if c.Name == "" {
		s[0] = "(no name)"
	}
	if !c.HostOnly && c.Domain != "" {
		s = append(s, "Domain="+quote(c.Domain))
	}
	s = append(s, "Path="+quote(c.Path))
	if c.Secure {
		s = append(s, "Secure")
	}
	if c.HttpOnly {
		s = append(s, "HttpOnly")
	}
	if name := c.SameSite.String(); name != "" {
		s = append(s, "SameSite="+name)
	}
	if c.Partition != (jar.Partition{}) {
		s = append(s, "Partitioned")
	}
	return strings.Join(s, "; ")
}

// quote returns s, quoted if it has anything that a terminal may act on.
func quote(s string) string {
	if q := strconv.QuoteToASCII(s); len(q) != len(s)+2 {
		return q
	}
	return s
}
