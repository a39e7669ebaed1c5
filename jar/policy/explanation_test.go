package policy

import (
	"strings"
	"testing"
)

// Each Reason has an explanation of its own: one or more whole sentences, without the
// words of the draft that a reader of a log need not know.
func TestExplanation(t *testing.T) {
	if s := Reason(0).Explanation() + Reason(255).Explanation(); s != "" {
		t.Errorf("what is no Reason has the explanation %q, want none", s)
	}
	seen := map[string]Reason{}
	for _, r := range Reasons() {
		s := r.Explanation()
		if len(s) < 20 || len(s) > 250 || !strings.HasSuffix(s, ".") || strings.ToUpper(s[:1]) != s[:1] {
			t.Errorf("%v.Explanation() = %q, want whole sentences", r, s)
		}
		if old, ok := seen[s]; ok {
			t.Errorf("%v and %v have one explanation", old, r)
		}
		seen[s] = r
	}
}

// A Reason says where its rule is written and what the developer tools of Chromium call it. A
// number that is no Reason has neither.
func TestReasonNames(t *testing.T) {
	for _, test := range []struct {
		reason         Reason
		spec, devTools string
	}{
		{ReasonSecureOverlay, "Section 5.7, step 16", "OverwriteSecure"},
		{ReasonNotStored, "", ""},
		{0, "", ""},
		{255, "", ""},
	} {
		t.Run(test.reason.String(), func(t *testing.T) {
			if got := test.reason.Spec(); got != test.spec {
				t.Errorf("Spec() = %q, want %q", got, test.spec)
			}
			if got := test.reason.DevTools(); got != test.devTools {
				t.Errorf("DevTools() = %q, want %q", got, test.devTools)
			}
		})
	}
}
