package jar_test

import (
	"testing"

	"uacookie/jar"
	"uacookie/jar/match"
)

// What a jar was made with can be asked for, and cannot be changed by that.
func TestOptions(t *testing.T) {
	limits := &jar.Limits{Site: 7}
	j := mustJar(t, &jar.Options{UserAgent: jar.Chromium, MaxSent: 3, Limits: limits})
	got := j.Options()
	if got.UserAgent != jar.Chromium || got.MaxSent != 3 || got.Limits == nil || *got.Limits != (jar.Limits{Site: 7}) {
		t.Errorf("Options() = %+v, want those given", got)
	}
	got.Limits.Site, limits.Site = 8, 9
	if again := j.Options(); again.Limits.Site != 7 {
		t.Errorf("Limits.Site is %d after what was returned and given changed, want 7", again.Limits.Site)
	}
	var zero jar.Jar
	if got := zero.Options(); got.Limits != nil || got.UserAgent != jar.Standard {
		t.Errorf("the zero Jar has %+v, want the zero Options", got)
	}
}

// Sites go by the list that was last set, as the user agent reads it.
func TestSites(t *testing.T) {
	var zero jar.Jar
	if got := zero.Sites().Site("a.b.example.co.uk"); got != "example.co.uk" {
		t.Errorf("by the embedded list, the site is %q, want example.co.uk", got)
	}
	j := mustJar(t, &jar.Options{UserAgent: jar.Chromium})
	if !j.Sites().IsPublicSuffix("kawasaki.jp") { // by *.kawasaki.jp, in Chromium
		t.Error("kawasaki.jp is no public suffix, want it one in Chromium")
	}
	j.SetPublicSuffixList(new(match.List)) // only the rule "*"
	if got := j.Sites().Site("a.b.example.co.uk"); got != "co.uk" {
		t.Errorf("by the list that was set, the site is %q, want co.uk", got)
	}
}
