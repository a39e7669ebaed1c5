package clients

import (
	"context"
	"net/http"

	"golang.org/x/oauth2"

	"uacookie/jar"
)

// OAuth2 uses a client of x/oauth2. Config.Client takes the Transport of the client in the
// context, so the jar gets the cookies of the token endpoint and of the API.
func OAuth2(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	config := &oauth2.Config{Endpoint: oauth2.Endpoint{TokenURL: s.URL + "/token"}}
	client := &http.Client{Transport: s.Transport()}
	// Glue:
	client.Transport = &jar.Transport{Jar: j, Base: client.Transport}

	ctx = context.WithValue(ctx, oauth2.HTTPClient, client)
	token, err := config.Exchange(ctx, "code")
	if err != nil {
		return "", err
	}
	return get(ctx, config.Client(ctx, token), s.URL+"/login")
}
