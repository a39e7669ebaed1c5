package jar_test

import (
	"strings"
	"testing"

	"uacookie/jar"
)

// ParseUserAgent reads what String returns. Its error lists the names.
func TestParseUserAgent(t *testing.T) {
	for _, ua := range []jar.UserAgent{jar.Standard, jar.Compat, jar.Chromium, jar.Firefox} {
		if got, err := jar.ParseUserAgent(ua.String()); got != ua || err != nil {
			t.Errorf("ParseUserAgent(%q) = %v, %v", ua, got, err)
		}
	}
	if _, err := jar.ParseUserAgent("mosaic"); err == nil || !strings.Contains(err.Error(), "standard") {
		t.Errorf("ParseUserAgent(mosaic): error %v, want one that lists the names", err)
	}
}

// ParseThirdParty reads what String returns. Its error lists the texts.
func TestParseThirdParty(t *testing.T) {
	for text, want := range map[string]jar.ThirdParty{
		"agent": jar.ThirdPartyDefault, "allow": jar.ThirdPartyAllowed,
		"partition": jar.ThirdPartyPartitioned, "block": jar.ThirdPartyBlocked,
	} {
		if got, err := jar.ParseThirdParty(text); got != want || err != nil || got.String() != text {
			t.Errorf("ParseThirdParty(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	if _, err := jar.ParseThirdParty("Allow"); err == nil || !strings.Contains(err.Error(), "partition") {
		t.Errorf("ParseThirdParty(Allow): error %v, want one that lists the texts", err)
	}
}
