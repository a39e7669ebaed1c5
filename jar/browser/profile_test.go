package browser_test

import (
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/browser"
)

// Session cookies outlive the end of a session only where it is restored.
func TestRestoreSession(t *testing.T) {
	for _, restore := range []bool{false, true} {
		b := browser.Test(t, jar.Chromium, web("https://bank.test"))
		b.RestoreSession = restore
		b.Open("https://bank.test/set")
		n := b.EndSession()
		r := b.Open("https://bank.test/").Response()
		if (n == 0) != restore || r.Sent("lax") != restore || !r.Sent("old") {
			t.Errorf("restore %t: %d cookies are removed: %v", restore, n, r)
		}
	}
}

// Private windows have the same web and a jar of their own.
func TestPrivate(t *testing.T) {
	for _, agent := range engines {
		b := browser.Test(t, agent, web("https://bank.test", "https://news.test"))
		b.Open("https://bank.test/set")
		b.PermitStorageAccess("https://bank.test", "https://news.test", true)
		p := b.Private()
		if r := p.Open("https://bank.test/set").Response(); r.Sent("lax") || !r.Stored("lax") {
			t.Errorf("%s: %v", agent, r)
		}
		p.Open("https://bank.test/").Click("/to?u=https://bank.test/")
		if n := p.Jar.EndSession(); n == 0 || !b.Open("https://bank.test/").Response().Sent("lax") {
			t.Errorf("%s: the jars are one", agent)
		}
		if err := p.Open("https://news.test/").Embed("https://bank.test/").RequestStorageAccess(); err == nil {
			t.Errorf("%s: permissions are shared", agent)
		}
		// As shipped, no third party has its unpartitioned cookies in either's private windows.
		p.Open("https://bank.test/set")
		if r := p.Open("https://news.test/").Embed("https://bank.test/").Response(); r.Sent("none") {
			t.Errorf("%s: %v", agent, r)
		}
		p.Serve("https://late.test", kit)
		if r := b.Open("https://late.test/").Response(); r.Err != nil {
			t.Errorf("%s: the webs differ: %v", agent, r.Err)
		}
		if n := len(p.Private().Log()); n != 0 || strings.Contains(b.String(), "late.test/set") {
			t.Errorf("%s: the logs are one", agent)
		}
		b.ThirdParty = jar.ThirdPartyAllowed
		if p := b.Private(); p.ThirdParty != jar.ThirdPartyAllowed {
			t.Errorf("%s: what the user chose does not count", agent)
		}
	}
}

// The user excepts a site, as a top or as what is embedded.
func TestExceptThirdParty(t *testing.T) {
	const bank, news, other = "https://bank.test/", "https://news.test/", "https://other.test/"
	for _, agent := range engines {
		for name, tt := range map[string]struct {
			embedded, top  string
			inNews, inElse bool
		}{
			"none":          {"https://nowhere.test", "", false, false},
			"top":           {"", "https://www.news.test", true, false},
			"embedded":      {bank, "", true, true},
			"both":          {bank, news, true, false},
			"other way":     {news, bank, false, false},
			"another below": {other, news, false, false},
		} {
			b := browser.Test(t, agent, web("https://bank.test", "https://news.test", "https://other.test"))
			b.ThirdParty = jar.ThirdPartyBlocked
			b.ExceptThirdParty(tt.embedded, tt.top, jar.ThirdPartyAllowed)
			b.Open(bank + "set")
			in := b.Open(news).Embed(bank)
			if r := in.Response(); r.Sent("none") != tt.inNews || strings.Contains(in.Cookie(), "none=1") != tt.inNews {
				t.Errorf("%s: %s: below news: %v", agent, name, r)
			}
			if r := b.Open(other).Embed(bank).Response(); r.Sent("none") != tt.inElse {
				t.Errorf("%s: %s: below another: %v", agent, name, r)
			}
			b.ExceptThirdParty(tt.embedded, tt.top, jar.ThirdPartyDefault)
			if r := b.Open(news).Embed(bank).Response(); r.Sent("none") {
				t.Errorf("%s: %s: it was taken back: %v", agent, name, r)
			}
		}
		b := browser.Test(t, agent, web("https://bank.test", "https://news.test"))
		b.ThirdParty = jar.ThirdPartyAllowed
		b.ExceptThirdParty(bank, "", jar.ThirdPartyBlocked)
		b.Open(bank + "set")
		if r := b.Open(news).Embed(bank).Response(); r.Sent("none") || !b.Open(bank).Response().Sent("none") {
			t.Errorf("%s: blocked for one site: %v", agent, r)
		}
	}
}
