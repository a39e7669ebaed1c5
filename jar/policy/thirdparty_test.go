package policy_test

import (
	"testing"
	"time"

	"uacookie/jar/policy"
)

func TestThirdParty(t *testing.T) {
	if got := policy.ThirdParty(9).String(); got != "ThirdParty(9)" {
		t.Errorf("String of an unknown ThirdParty = %q", got)
	}
	for ua, want := range map[policy.UserAgent]policy.ThirdParty{
		policy.Standard: policy.ThirdPartyAllowed, policy.Chromium: policy.ThirdPartyAllowed,
		policy.Compat: policy.ThirdPartyAllowed, policy.Firefox: policy.ThirdPartyPartitioned,
	} {
		if got := ua.ThirdParty(); got != want {
			t.Errorf("%v.ThirdParty() = %v, want %v", ua, got, want)
		}
	}
}

// Firefox passes over a Date that it cannot read, and reads what NSPR does.
func TestServerTimeOfFirefox(t *testing.T) {
	good := "Fri, 15 Jun 2035 12:34:56 GMT"
	want := time.Date(2035, 6, 15, 12, 34, 56, 0, time.UTC)
	for _, tt := range []struct {
		dates             []string
		chromium, firefox time.Time
	}{
		{nil, time.Time{}, time.Time{}},
		{[]string{good}, want, want},
		{[]string{"x", good}, time.Time{}, want},
		{[]string{good, "Fri, 15 Jun 2035 13:00:00 GMT"}, want, want},
		{[]string{"x", ""}, time.Time{}, time.Time{}},
	} {
		if got := policy.Chromium.ServerTime(tt.dates); !got.Equal(tt.chromium) {
			t.Errorf("Chromium.ServerTime(%q) = %v, want %v", tt.dates, got, tt.chromium)
		}
		if got := policy.Firefox.ServerTime(tt.dates); !got.Equal(tt.firefox) {
			t.Errorf("Firefox.ServerTime(%q) = %v, want %v", tt.dates, got, tt.firefox)
		}
	}
}
