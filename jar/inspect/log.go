package inspect

import (
	"context"
	"log/slog"

	"uacookie/jar"
)

// Log returns a function for [jar.Jar.Watch] that writes each decision to l, at
// [slog.LevelDebug] if the cookie was kept, removed or sent, and at [slog.LevelInfo]
// if it was refused or withheld. The message is one of these words with "cookie"
// before it. No cookie's value is written.
//
//	stop := j.Watch(inspect.Log(slog.Default()))
//
// A nil l is slog.Default as of each decision.
func Log(l *slog.Logger) func(jar.Event) {
	return func(e jar.Event) {
		logger := l
		if logger == nil {
			logger = slog.Default()
		}
		ctx := context.Background()
		for i := range e.Verdicts {
			v := &e.Verdicts[i]
			level := slog.LevelDebug
			if !v.OK() {
				level = slog.LevelInfo
			}
			if !logger.Enabled(ctx, level) {
				continue
			}
			attrs := []slog.Attr{slog.Any("cookie", v.Cookie), slog.String("host", v.Host)}
			if !v.OK() {
				attrs = append(attrs, slog.String("reason", v.Reason.String()))
				if where := rule(v.Reason); where != "" {
					attrs = append(attrs, slog.String("rule", where))
				}
			}
			if r := e.Request; r != nil {
				attrs = append(attrs, slog.String("url", address(r.URL, r.Host)))
			}
			logger.LogAttrs(ctx, level, "cookie "+outcome(e.Op, v), attrs...)
		}
	}
}
