package inspect

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"uacookie/jar"
)

func TestLog(t *testing.T) {
	const secret = "open-sesame"
	for _, test := range []struct {
		level slog.Level
		want  []string
	}{
		{slog.LevelDebug, []string{
			`level=DEBUG msg="cookie stored" cookie.name=a cookie.domain=example.com cookie.hostOnly=true cookie.path=/ host=example.com url=http://example.com/x`,
			`level=INFO msg="cookie refused" cookie.name=b cookie.domain=example.com cookie.hostOnly=true cookie.path=/ host=example.com reason=insecure-origin rule="RFC 6265bis, Section 5.7, step 13" url=http://example.com/x`,
			`level=DEBUG msg="cookie removed" cookie.name=c cookie.domain=example.com cookie.hostOnly=true cookie.path=/ host=example.com url=http://example.com/x`,
			`level=DEBUG msg="cookie stored" cookie.name=d cookie.domain=example.com cookie.hostOnly=true cookie.path=/ host=example.com`,
			`level=DEBUG msg="cookie sent" cookie.name=a cookie.domain=example.com cookie.hostOnly=true cookie.path=/ host=example.com url=http://example.com/`,
			`level=INFO msg="cookie withheld" cookie.name=d cookie.domain=example.com cookie.hostOnly=true cookie.path=/ host=example.com reason=secure-only rule="RFC 6265bis, Section 5.8.3, step 3.3" url=http://example.com/`,
		}},
		{slog.LevelInfo, []string{"cookie refused", "cookie withheld"}},
		{slog.LevelWarn, nil},
	} {
		for _, form := range []string{"text", "json"} {
			var out bytes.Buffer
			o := &slog.HandlerOptions{Level: test.level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}}
			logger := slog.New(slog.NewTextHandler(&out, o))
			if form == "json" {
				logger = slog.New(slog.NewJSONHandler(&out, o))
			}
			j := mustJar(t, nil)
			j.Watch(Log(logger))
			j.Receive(&jar.Request{URL: mustURL(t, "http://u:"+secret+"@example.com/x?"+secret)}, []string{"a=" + secret + "; Path=/", "b=" + secret + "; Path=/; Secure", "c=" + secret + "; Path=/; Max-Age=0"})
			j.Accept(jar.Cookie{Name: "d", Value: secret, Domain: "example.com", HostOnly: true, Path: "/", Secure: true})
			j.Header(&jar.Request{URL: mustURL(t, "http://example.com/?"+secret)})
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if out.Len() == 0 {
				lines = nil
			}
			if len(lines) != len(test.want) {
				t.Errorf("%v, %s: logged\n%s\nwant %d lines", test.level, form, out.String(), len(test.want))
				continue
			}
			for i, want := range test.want {
				if form == "text" && !strings.Contains(lines[i], want) {
					t.Errorf("%v: line %d is\n%s, want\n%s", test.level, i, lines[i], want)
				}
			}
			if strings.Contains(out.String(), secret) {
				t.Errorf("%v, %s: a secret is logged:\n%s", test.level, form, out.String())
			}
		}
	}
}
