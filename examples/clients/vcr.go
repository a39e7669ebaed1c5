package clients

import (
	"context"
	"net/http"
	"os"
	"path/filepath"

	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"uacookie/jar"
)

// VCR records a login with go-vcr, replays it into the jar, and then visits the server with
// the cookies of the replay. The jar is around the recorder, so that the cassette has the
// cookies. A cassette contains their values: keep it like a password, or record with a test
// account.
func VCR(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	cassette := filepath.Join(dir, "login")

	for _, into := range []*jar.Jar{new(jar.Jar), j} { // the first to record, the second to replay
		r, err := recorder.New(cassette, recorder.WithRealTransport(s.Transport()))
		if err != nil {
			return "", err
		}
		client := &http.Client{Transport: r}
		// Glue:
		client.Transport = &jar.Transport{Jar: into, Base: client.Transport}

		if _, err := get(ctx, client, s.URL+"/login"); err != nil {
			return "", err
		}
		if err := r.Stop(); err != nil {
			return "", err
		}
	}
	s.Forget()
	return NetHTTPHome(ctx, s, j)
}
