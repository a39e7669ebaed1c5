package jar_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// No way of printing or logging a cookie shows its value.
func TestValueIsSecret(t *testing.T) {
	const canary = "S3CR3T"
	c := jar.Cookie{
		Name: "session", Value: canary, Domain: "a.test", Path: "/", Secure: true,
		Expires: time.Unix(1, 0), Partition: store.Partition{TopLevelSite: "https://a.test"},
	}
	v := jar.Verdict{Cookie: c, Host: "a.test"}
	refused := jar.Verdict{Cookie: c, Host: "a.test", Reason: policy.ReasonSecureOverlay}
	refusal := &jar.Refusal{Reason: refused.Reason, Name: c.Name, Host: refused.Host}
	change := jar.Change{Cause: store.CauseStored, Cookie: c}
	j := mustJar(t, nil)
	j.Accept(c)
	for name, x := range map[string]any{
		"Cookie":      c,
		"*Cookie":     &c,
		"[]Cookie":    []jar.Cookie{c},
		"Verdict":     v,
		"*Verdict":    &v,
		"[]Verdict":   []jar.Verdict{v, refused},
		"refused":     refused,
		"Err":         refused.Err(),
		"Refusal":     *refusal,
		"*Refusal":    refusal,
		"Change":      change,
		"*Change":     &change,
		"[]Change":    []jar.Change{change},
		"map[Cookie]": map[jar.Cookie]jar.Cookie{c: c},
		"any":         []any{c, v, change},
		"*Jar":        j,
		"*Transport":  &jar.Transport{Jar: j},
	} {
		t.Run(name, func(t *testing.T) {
			// Not %p and %w: they are errors for a struct, and fmt then prints its
			// fields without calling Format.
			var shown []string
			for _, verb := range "abcdefghijklmnoqrstuvxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
				for _, flags := range []string{"", "+", "#", " ", "-9", "09.3", "+#"} {
					format := "%" + flags + string(verb)
					if got := fmt.Sprintf(format, x); shows(got, canary) {
						shown = append(shown, format)
					}
				}
			}
			if len(shown) > 0 {
				t.Errorf("Sprintf shows the value of a %s under %s: want it shown by none", name, strings.Join(shown, " "))
			}
			if got := fmt.Sprint(x) + fmt.Sprintln(x) + fmt.Errorf("x: %v", x).Error(); shows(got, canary) {
				t.Errorf("Sprint(%s) = %s: it shows the value", name, got)
			}
		})
	}
	for name, x := range map[string]any{
		"Cookie": c, "*Cookie": &c, "Verdict": v, "*Verdict": &v, "Refusal": *refusal, "*Refusal": refusal,
		"Change": change, "*Change": &change,
	} {
		t.Run("slog/"+name, func(t *testing.T) {
			var out bytes.Buffer
			for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
				l := slog.New(h)
				l.Info("m", "x", x)
				l.With("x", x).Info("m", slog.Group("g", "x", x))
			}
			if got := out.String(); shows(got, canary) || !strings.Contains(got, "session") {
				t.Errorf("logged %s as %s: want the name in it and not the value", name, got)
			}
		})
	}
}

// shows reports whether text has the canary as it is, in hexadecimal, or as the numbers of its
// bytes.
func shows(text, canary string) bool {
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("% x", canary), fmt.Sprintf("%v", []byte(canary))} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}
