package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The crawls of a fleet need one login, and lose nothing when one is killed.
func TestFleet(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("NOT TESTED: a fleet: install redis-server")
	}
	t.Setenv("CRAWL_TEST_FLEET", "yes")
	var out, errs strings.Builder
	code := run(t.Context(), []string{"-fleet"}, &out, &errs)
	if code != 0 || !strings.Contains(out.String(), "Logins: 1.") || !strings.Contains(out.String(), " hot sites, lag: none.") {
		t.Errorf("crawl -fleet = %d\n%s%s", code, out.String(), errs.String())
	}
}
