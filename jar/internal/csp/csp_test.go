package csp

import "testing"

func TestSandboxes(t *testing.T) {
	for _, v := range []struct {
		name, field string
		want        bool
	}{
		{"no policy", "", false},
		{"no sandbox", "default-src 'self'; sandboxed", false},
		{"sandbox", "sandbox", true},
		{"sandbox with other tokens", "sandbox allow-scripts allow-forms", true},
		{"sandbox with the origin", "sandbox allow-scripts allow-same-origin", false},
		{"after another directive", "default-src 'none' ; sandbox", true},
		{"in another policy", "sandbox allow-same-origin, sandbox allow-scripts", true},
		{"in capitals", "SANDBOX Allow-Scripts", true},
		{"token in capitals", "sandbox ALLOW-SAME-ORIGIN", false},
		{"after tabs", "\tsandbox\tallow-forms", true},
	} {
		t.Run(v.name, func(t *testing.T) {
			if got := Sandboxes(v.field); got != v.want {
				t.Errorf("Sandboxes(%q) = %t, want %t", v.field, got, v.want)
			}
		})
	}
}

func TestIsOpaque(t *testing.T) {
	for attribute, want := range map[string]bool{
		"": true, "allow-scripts": true, "allow-scripts allow-same-origin": false, "Allow-Same-Origin": false,
		"allow-same-origins": true,
	} {
		if got := IsOpaque(attribute); got != want {
			t.Errorf("IsOpaque(%q) = %t, want %t", attribute, got, want)
		}
	}
}

func TestHasOthers(t *testing.T) {
	for field, want := range map[string]bool{
		"": false, ";": false, "sandbox": false, "SANDBOX allow-forms; sandbox": false,
		"default-src 'self'": true, "sandbox; default-src 'none'": true, "sandbox, frame-ancestors *": true,
	} {
		if got := HasOthers(field); got != want {
			t.Errorf("HasOthers(%q) = %t, want %t", field, got, want)
		}
	}
}
