package inspect

import (
	"slices"
	"testing"
	"time"

	"uacookie/jar"
)

func TestFilter(t *testing.T) {
	cookies := []jar.Cookie{
		{Name: "Session", Value: "needle", Domain: "shop.example", HostOnly: true, Path: "/", Secure: true, HttpOnly: true, SameSite: jar.SameSiteLax},
		{Name: "theme", Domain: "shop.example", Path: "/cart", Expires: epoch.Add(time.Hour), SameSite: jar.SameSiteStrict},
		{Name: "uid", Domain: "ads.example", Path: "/", Secure: true, SameSite: jar.SameSiteNone, Partition: jar.Partition{TopLevelSite: "https://news.example"}},
	}
	for _, test := range []struct {
		filter string
		want   []string
	}{
		{"", []string{"Session", "theme", "uid"}},
		{"  ", []string{"Session", "theme", "uid"}},
		{"shop", []string{"Session", "theme"}},
		{"SESSION", []string{"Session"}},
		{"cart", []string{"theme"}},
		{"news", []string{"uid"}},
		{"needle", nil}, // a value
		{"shop theme", []string{"theme"}},
		{"-shop", []string{"uid"}},
		{"shop -theme", []string{"Session"}},
		{"name:e", []string{"Session", "theme"}},
		{"domain:ads", []string{"uid"}},
		{"path:cart", []string{"theme"}},
		{"partition:news", []string{"uid"}},
		{"-partition:news", []string{"Session", "theme"}},
		{"is:secure", []string{"Session", "uid"}},
		{"-is:secure", []string{"theme"}},
		{"is:httponly", []string{"Session"}},
		{"is:session", []string{"Session", "uid"}},
		{"is:partitioned", []string{"uid"}},
		{"is:hostonly", []string{"Session"}},
		{"samesite:lax", []string{"Session"}},
		{"samesite:strict", []string{"theme"}},
		{"samesite:none", []string{"uid"}},
		{"samesite:default", nil},
		{"https://news", []string{"uid"}}, // a colon that does not start a filter
		{"is:", []string{"Session", "theme", "uid"}},
		{"-", []string{"Session", "theme", "uid"}},
	} {
		f, err := parseFilter(test.filter)
		if err != nil {
			t.Errorf("parseFilter(%q): %v", test.filter, err)
			continue
		}
		var got []string
		for i := range cookies {
			if f.match(&cookies[i]) {
				got = append(got, cookies[i].Name)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q finds %q, want %q", test.filter, got, test.want)
		}
	}
	for _, bad := range []string{"is:cool", "-is:cool", "samesite:lux"} {
		if _, err := parseFilter(bad); err == nil {
			t.Errorf("parseFilter(%q): no error", bad)
		}
	}
}
