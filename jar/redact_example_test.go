package jar_test

import (
	"log/slog"
	"os"

	"uacookie/jar"
)

// slog's JSON handler would show the values of a slice of cookies: RedactAttr removes them.
func ExampleRedactAttr() {
	cookies := []jar.Cookie{{Name: "session", Value: "secret", Domain: "example.com", HostOnly: true, Path: "/"}}
	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{} // it would differ each time
			}
			return jar.RedactAttr(groups, a)
		},
	}))
	logger.Info("loaded", "cookies", cookies)
	// Output:
	// {"level":"INFO","msg":"loaded","cookies":[{"domain":"example.com","hostOnly":true,"name":"session","path":"/"}]}
}
