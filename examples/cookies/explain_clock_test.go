package main

import (
	"strings"
	"testing"
)

// Of a server whose clock is an hour slow, both times are shown: the one that it wrote,
// and the one that counts. Compat takes the first for the second.
func TestExplainServerClock(t *testing.T) {
	out, errs, code := doExplain(t, "", "-date", "Thu, 15 Jan 2026 11:00:00 GMT", "-as", "standard,chromium,compat",
		"-then", shop, "-then-after", "29m", shop, "a=1; Expires=Thu, 15 Jan 2026 11:30:00 GMT", "b=1; Max-Age=1800")
	if code != exitFailed || errs != "" { // Compat removes a
		t.Errorf("explain = %d, %q, want 1", code, errs)
	}
	golden(t, "server-clock.txt", out)
	out, _, _ = doExplain(t, "", "-json", "-date", "Thu, 15 Jan 2026 13:00:00 GMT", shop, "a=1; Expires=Thu, 15 Jan 2026 13:30:00 GMT")
	if want := `"expires":"2026-01-15T12:30:00Z","expires_written":"2026-01-15T13:30:00Z"`; !strings.Contains(out, want) {
		t.Errorf("explain -json of a fast server: %s, want %s", out, want)
	}
	if _, errs, code := doExplain(t, "", "-date", "soon", shop, "a=1"); code != exitUsage || !strings.Contains(errs, "-date") {
		t.Errorf("explain -date soon = %d, %q, want 2 and an error about -date", code, errs)
	}
}

// A HAR counts from when it was recorded, and any saved response from its own Date.
func TestExplainServerClockOfFile(t *testing.T) {
	har := func(date string) string {
		return `{"log":{"entries":[{"startedDateTime":"2020-05-01T12:00:00.000Z","request":{"method":"GET","url":"https://shop.test/"},"response":{"headers":[` +
			date + `{"name":"Set-Cookie","value":"a=1; Expires=Fri, 01 May 2020 11:30:00 GMT"}]}}]}}`
	}
	const slow = `{"name":"date","value":"Fri, 01 May 2020 11:00:00 GMT"},`
	head := func(date string) string {
		return "HTTP/1.1 200 OK\r\nDate: " + date + "\r\nSet-Cookie: a=1; Expires=Fri, 01 May 2020 11:30:00 GMT\r\n\r\n"
	}
	for _, tt := range []struct {
		name, in string
		args     []string
		stored   bool
	}{
		{"HAR of a slow server", har(slow), nil, true},
		{"HAR without Date", har(""), nil, false},
		{"HAR with a zone without a colon", strings.Replace(har(slow), ".000Z", ".000+0000", 1), nil, true},
		{"HAR without a zone", strings.Replace(har(slow), ".000Z", "", 1), nil, true},
		{"HAR of a slow server, half an hour later", har(slow), []string{"-then-after", "30m"}, false},
		{"HAR as Compat", har(slow), []string{"-as", "compat"}, false},
		{"HAR with -date", har(slow), []string{"-date", "Fri, 01 May 2020 12:00:00 GMT"}, false},
		{"response", head("Fri, 01 May 2020 11:00:00 GMT"), []string{shop}, true},
		{"response with an unreadable Date", head("x"), []string{shop}, false},
	} {
		out, errs, code := doExplain(t, tt.in, append([]string{"-from", "-", "-then", shop}, tt.args...)...)
		if (code == 0) != tt.stored || errs != "" {
			t.Errorf("%s: %d, %q, want it stored: %t\n%s", tt.name, code, errs, tt.stored, out)
		}
	}
}
