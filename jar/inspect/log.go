package inspect

import (
	"context"
	"log/slog"

	"uacookie/jar"
)

// Log returns a function for [jar.Jar.Watch] that logs each decision to l: "cookie stored",
// "cookie removed" and "cookie sent" at [slog.LevelDebug], "cookie refused" and "cookie
// withheld" at [slog.LevelInfo]. It does not log values.
//
//	stop := j.Watch(inspect.Log(slog.Default()))
//
// If l is nil, each decision is logged to slog.Default().
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
