package backend_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar/backend"
)

// A log shows which cookie a Record or an Op is about, and not its value.
func TestLogValue(t *testing.T) {
	r := testkit.Filled[backend.Record]()
	r.Cookie.Name, r.Cookie.Value = "sid", "s3cr3t"
	for name, v := range map[string]any{"Record": r, "Op": backend.Op{Record: r}, "deletion": backend.Op{Record: r, Delete: true}} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "x", v)
			slog.New(slog.NewTextHandler(&out, nil)).Info("m", "x", v)
			if got := out.String(); strings.Contains(got, r.Cookie.Value) || strings.Count(got, "sid") < 2 {
				t.Errorf("the log is %s, want the name in each line and the value in none", got)
			}
		})
	}
}
