package jar_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// Names and values are octets and are never decoded, so that none becomes another name.
//
// Learned from CVE-2020-8184 (Rack) and CVE-2020-7070 (PHP), which decoded
// "__%48ost-a" into a name that a browser had not protected.
func TestNothingIsDecoded(t *testing.T) {
	j := mustJar(t, nil)
	lines := []string{"__%48ost-a=1", "%5F%5FHost-b=%3B%20c=1", "a%3Db=1", "a%0D%0A=%00"}
	for _, v := range j.Receive(to(t, "http://a.test/"), lines) {
		if !v.OK() {
			t.Errorf("%v, want it taken: it has no prefix", v)
		}
	}
	if got, want := j.Header(to(t, "http://a.test/")), strings.Join(lines, "; "); got != want {
		t.Errorf("Header = %q, want %q", got, want)
	}
}

// Attributes that are empty, quoted, or have one quote.
//
// Learned from CVE-2015-3145: curl removed the quote from a path of one double quote, and
// wrote before the start of the empty rest.
func TestEmptyAndQuotedAttributes(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const defaultPath = "/dir"
	tests := []struct {
		attribute string
		want      jar.Reason
		path      string
		domain    string // "" if host-only
		life      time.Duration
		why       string
	}{
		{attribute: `Path`, path: defaultPath, why: "an attribute without a value has none"},
		{attribute: `Path=`, path: defaultPath, why: "so has an empty one"},
		{attribute: `Path="`, path: defaultPath, why: "a quote is no slash"},
		{attribute: `Path=""`, path: defaultPath, why: "quotes are octets, not delimiters"},
		{attribute: `Path="/"`, path: defaultPath, why: "the first octet is a quote, not a slash"},
		{attribute: `Path=/"`, path: `/"`, why: "a quote is an octet of a path"},
		{attribute: `Path=/x"y"`, path: `/x"y"`, why: "quotes in a path stay"},
		{attribute: `Path=\`, path: defaultPath, why: "a backslash is no slash"},
		{attribute: `Domain`, path: defaultPath, why: "a Domain without a value is ignored"},
		{attribute: `Domain=`, path: defaultPath, why: "an empty Domain is ignored"},
		{attribute: `Domain=.`, path: defaultPath, why: "a leading dot is removed, and nothing is left"},
		{attribute: `Domain="`, want: policy.ReasonPublicSuffix, why: "a quote is a name in no list, so a public suffix"},
		{attribute: `Domain=""`, want: policy.ReasonPublicSuffix, why: "quotes are a name in no list"},
		{attribute: `Domain="a.test"`, want: policy.ReasonDomainMismatch, why: "quotes are part of the name"},
		{attribute: `Domain=..a.test`, want: policy.ReasonPublicSuffix, why: "one leading dot is removed, and an empty label is left"},
		{attribute: `Domain=a.test`, path: defaultPath, domain: "a.test", why: "the plain form, for comparison"},
		{attribute: `Max-Age`, path: defaultPath, why: "a Max-Age without a value is ignored"},
		{attribute: `Max-Age=`, path: defaultPath, why: "an empty Max-Age is ignored"},
		{attribute: `Max-Age="`, path: defaultPath, why: "a quote is no digit"},
		{attribute: `Max-Age="60"`, path: defaultPath, why: "a quote is no digit"},
		{attribute: `Max-Age=60`, path: defaultPath, life: time.Minute, why: "the plain form, for comparison"},
		{attribute: `Expires`, path: defaultPath, why: "an Expires without a value is ignored"},
		{attribute: `Expires="`, path: defaultPath, why: "a quote is no date"},
		{attribute: `Expires="Thu, 01 Jan 2026 00:01:00 GMT"`, path: defaultPath, life: time.Minute, why: "quotes are delimiters in a date"},
		{attribute: `SameSite=""`, path: defaultPath, why: "quotes are no SameSite"},
		{attribute: `=`, path: defaultPath, why: "an attribute without a name is ignored"},
		{attribute: `=Path=/`, path: defaultPath, why: "the name is empty"},
		{attribute: `"Path"=/`, path: defaultPath, why: "the name has quotes"},
	}
	for _, tt := range tests {
		t.Run(tt.attribute, func(t *testing.T) {
			j := mustJar(t, &jar.Options{Now: func() time.Time { return now }})
			v := j.Receive(to(t, "https://www.a.test/dir/page"), []string{"a=1; " + tt.attribute})[0]
			if v.Reason != tt.want {
				t.Errorf("%s: %v, want %v: %s", tt.attribute, v, tt.want, tt.why)
			}
			if !v.OK() || tt.want != 0 {
				return
			}
			var life time.Duration
			if v.Cookie.Persistent() {
				life = v.Cookie.Expires.Sub(now)
			}
			domain := v.Cookie.Domain
			if v.Cookie.HostOnly {
				domain = ""
			}
			if v.Cookie.Path != tt.path || domain != tt.domain || life != tt.life {
				t.Errorf("%s: path %q, domain %q, life %v, want %q, %q, %v: %s", tt.attribute, v.Cookie.Path, domain, life, tt.path, tt.domain, tt.life, tt.why)
			}
		})
	}
}

// controlOctets are the control octets that no cookie may have: all except the tab.
func controlOctets() (all []byte) {
	for b := byte(0); b < 0x20; b++ {
		if b != '\t' {
			all = append(all, b)
		}
	}
	return append(all, 0x7f)
}

// Control octets are refused on every way in: lines, scripts, net/http's cookies,
// ready-made cookies, files in every format, and the path of an odd URL.
//
// Learned from CVE-2022-35252: curl stored and sent them, and servers then answered every
// request of the user with 400.
func TestControlOctetsOnEveryWayIn(t *testing.T) {
	ascii := func(s string) string { return strings.Trim(fmt.Sprintf("%+q", s), `"`) }
	jsonString := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			if c < 0x20 || c == 0x7f {
				fmt.Fprintf(&b, `\u%04x`, c)
			} else {
				b.WriteByte(c)
			}
		}
		return `"` + b.String() + `"`
	}
	at := func(script bool) *jar.Request {
		r := to(t, "https://a.test/")
		if script {
			r.Context = &jar.Context{Script: true}
		}
		return r
	}
	ways := map[string]func(j *jar.Jar, name, value, path, domain string){
		"Receive": func(j *jar.Jar, name, value, path, domain string) {
			j.Receive(at(false), []string{name + "=" + value + "; Path=" + path + "; Domain=" + domain})
		},
		"script": func(j *jar.Jar, name, value, path, domain string) {
			j.Receive(at(true), []string{name + "=" + value + "; Path=" + path + "; Domain=" + domain})
		},
		"unknown attribute": func(j *jar.Jar, name, value, path, domain string) {
			j.Receive(at(false), []string{"n=1; X=" + name + value + path + domain})
		},
		"SetCookies": func(j *jar.Jar, name, value, path, domain string) {
			j.SetCookies(at(false).URL, []*http.Cookie{{Name: name, Value: value, Path: path, Domain: domain}})
		},
		"SetCookies with Raw": func(j *jar.Jar, name, value, path, domain string) {
			line := name + "=" + value + "; Path=" + path + "; Domain=" + domain
			if c, err := http.ParseSetCookie(line); err == nil {
				j.SetCookies(at(false).URL, []*http.Cookie{c})
			}
			j.SetCookies(at(false).URL, []*http.Cookie{{Name: "n", Value: "1", Raw: line}})
			j.Clear() // a program's own n=1 is no control octet
		},
		"Accept": func(j *jar.Jar, name, value, path, domain string) {
			j.Accept(jar.Cookie{Name: name, Value: value, Path: path, Domain: domain})
			j.Accept(jar.Cookie{Name: name, Value: value, Path: path, Domain: domain, HostOnly: true})
		},
		"partition": func(j *jar.Jar, name, value, path, domain string) {
			j.Accept(jar.Cookie{
				Name: "n", Value: "v", Path: "/", Domain: "a.test", Secure: true,
				Partition: jar.Partition{TopLevelSite: "https://" + name + value + path + domain},
			})
		},
		"URL": func(j *jar.Jar, name, value, path, domain string) {
			j.Receive(&jar.Request{URL: &url.URL{Scheme: "https", Host: "a.test", Opaque: "//a.test/" + name + value + path + domain + "/x"}}, []string{"n=1"})
		},
		"cookies.txt": func(j *jar.Jar, name, value, path, domain string) {
			line := domain + "\tTRUE\t" + path + "\tTRUE\t0\t" + name + "\t" + value + "\n"
			cookiefile.Load(j, strings.NewReader("# Netscape HTTP Cookie File\n"+line), nil)
		},
		"own JSON": func(j *jar.Jar, name, value, path, domain string) {
			text := `{"format":"uacookie","version":1}` + "\n" +
				`{"name":` + jsonString(name) + `,"value":` + jsonString(value) + `,"path":` + jsonString(path) + `,"domain":` + jsonString(domain) + "}\n" +
				`{"cookies":1}` + "\n"
			cookiefile.Load(j, strings.NewReader(text), nil)
		},
		"browsers' JSON": func(j *jar.Jar, name, value, path, domain string) {
			text := `[{"name":` + jsonString(name) + `,"value":` + jsonString(value) + `,"path":` + jsonString(path) + `,"domain":` + jsonString(domain) + `}]`
			cookiefile.Load(j, strings.NewReader(text), nil)
		},
	}
	for way, enter := range ways {
		t.Run(way, func(t *testing.T) {
			good := mustJar(t, nil)
			if enter(good, "n", "v", "/p", "a.test"); good.Len() == 0 && way != "SetCookies with Raw" {
				t.Fatal("what has no control octet is not stored either: this test would see nothing")
			}
			for _, octet := range controlOctets() {
				c := string([]byte{octet})
				for i := range 4 {
					fields := [4]string{"n", "v", "/p", "a.test"}
					for _, at := range []int{0, 1, len(fields[i])} {
						bad := fields
						bad[i] = fields[i][:at] + c + fields[i][at:]
						if (c == "\n" || c == "\r") && way == "cookies.txt" {
							continue // they end the line
						}
						for _, ua := range userAgents {
							if ua == jar.Chromium && (c == "\n" || c == "\r") {
								continue // what follows is cut off: the quirk line-ends
							}
							j := mustJar(t, &jar.Options{UserAgent: ua})
							enter(j, bad[0], bad[1], bad[2], bad[3])
							for kept := range j.All() {
								if strings.Contains(kept.Name+kept.Value+kept.Path+kept.Domain+kept.Partition.TopLevelSite, c) {
									t.Errorf("%v: %s with %s: stored %v in %q", ua, way, ascii(strings.Join(bad[:], " ")), kept, kept.Partition.TopLevelSite)
								}
							}
							r := to(t, "https://a.test/p")
							r.Context = &jar.Context{Partition: &store.Partition{TopLevelSite: "https://nvp"}}
							if got := j.Header(r); strings.Contains(got, c) {
								t.Errorf("%v: %s with %s: Header = %q", ua, way, ascii(strings.Join(bad[:], " ")), got)
							}
						}
					}
				}
			}
		})
	}
}

// unprintable returns the first character of a text that a terminal may act on, or that changes
// the direction of the text.
func unprintable(text string) (string, bool) {
	for i, r := range text {
		if r == utf8.RuneError || r != '\n' && !unicode.IsPrint(r) {
			return fmt.Sprintf("%q at %d", text[i:min(len(text), i+4)], i), true
		}
	}
	return "", false
}

// terminalTricks are texts that affect a terminal or mislead its reader: C0 and C1 control
// codes, raw and in UTF-8, and characters that change the direction of text.
var terminalTricks = []string{
	"\x1b[31m", "\x1b]0;title\x07", "\x1b[2J", "\x9b31m", "\u009b31m", "\u0085", "\x90", "\u202e", "\u2066", "\u2028", "\ufeff", "\x7f", "\r", "\b\b\b", "a\x00b", "\xff\xfe", "\tcolumn",
}

// Errors, String methods and logs, which people read in a terminal, escape what a server wrote.
//
// Learned from CVE-2021-25743 (kubectl) and the emulators that act on what they show.
func TestTerminalEscapes(t *testing.T) {
	for _, trick := range terminalTricks {
		t.Run(fmt.Sprintf("%q", trick), func(t *testing.T) {
			c := jar.Cookie{
				Name: "n" + trick, Value: "v" + trick, Domain: "d" + trick, Path: "/p" + trick,
				Partition: jar.Partition{TopLevelSite: "https://" + trick, CrossSiteAncestor: true},
			}
			texts := map[string]string{}
			show := func(what string, x any) { texts[what] = fmt.Sprintf("%v\n%+v\n%#v\n%s", x, x, x, x) }
			show("Cookie", c)
			show("Partition", c.Partition.String())
			show("Change", jar.Change{Cause: store.CauseStored, Cookie: c}.LogValue())
			show("Verdict", jar.Verdict{Cookie: c, Host: c.Domain, Reason: policy.ReasonSecureOverlay}.String())
			for _, reason := range []jar.Reason{policy.ReasonSecureOverlay, policy.ReasonSecureOnly} {
				texts["Refusal "+reason.String()] = (&jar.Refusal{Reason: reason, Name: c.Name, Host: c.Domain}).Error()
			}

			// The jar's reports about lines, files and ready-made cookies.
			var said []string
			j := mustJar(t, &jar.Options{
				Refused:  func(r *jar.Refusal) { said = append(said, r.Error()) },
				Withheld: func(r *jar.Refusal) { said = append(said, r.Error()) },
			})
			stop := j.Watch(func(e jar.Event) {
				for _, v := range e.Verdicts {
					said = append(said, v.String(), fmt.Sprint(v))
				}
			})
			line := "n" + trick + "=v" + trick + "; Path=/" + trick
			j.Receive(to(t, "https://a.test/"), []string{line, line + "; Domain=" + trick, line + "; SameSite=Strict; Secure"})
			j.Receive(host("h"+trick), []string{line})
			j.Accept(c)
			cross := to(t, "https://a.test/"+url.PathEscape(trick))
			cross.Context = &jar.Context{Initiator: testkit.URL(t, "https://b.test/")}
			j.Header(cross)
			stop()
			_, err := cookiefile.Load(j, strings.NewReader(c.Domain+"\tTRUE\t"+c.Path+"\tTRUE\t0\t"+c.Name+"\t"+c.Value+"\na.test\tTRUE\t/\tTRUE\t0\t__Host-"+c.Name+"\t"+c.Value+"\n"), nil)
			said = append(said, fmt.Sprint(err))
			err = cookiefile.Write(io.Discard, slices.Values([]jar.Cookie{c}), nil)
			said = append(said, fmt.Sprint(err))
			for f := cookiefile.FormatJSON; f <= cookiefile.FormatWebDriver; f++ {
				err = cookiefile.Write(io.Discard, slices.Values([]jar.Cookie{c}), &cookiefile.WriteOptions{Format: f})
				said = append(said, fmt.Sprint(err))
			}
			texts["said"] = strings.Join(said, "\n")

			var log bytes.Buffer
			l := slog.New(slog.NewTextHandler(&log, nil))
			l.Info("m", "cookie", c, "change", jar.Change{Cookie: c}, "verdict", jar.Verdict{Cookie: c, Host: c.Domain}, "refusal", &jar.Refusal{Name: c.Name, Host: c.Domain, Reason: policy.ReasonHost})
			texts["slog"] = log.String()

			for what, text := range texts {
				if text == "" {
					t.Errorf("%s of %q: no text to look at", what, trick)
				}
				if what == "slog" {
					text = strings.ReplaceAll(text, "\x7f", "") // slog lets it through, and terminals ignore it
				}
				if bad, found := unprintable(text); found {
					t.Errorf("%s of %q: %q has %s", what, trick, text, bad)
				}
			}
		})
	}
}
