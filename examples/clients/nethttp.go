package clients

import (
	"context"
	"io"
	"net/http"

	"uacookie/jar"
)

// NetHTTPJar uses the jar as the Jar of an http.Client.
func NetHTTPJar(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	client := &http.Client{Transport: s.Transport()}
	// Glue:
	client.Jar = j

	return get(ctx, client, s.URL+"/login")
}

// NetHTTP uses the jar in the Transport of an http.Client.
func NetHTTP(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	client := &http.Client{Transport: s.Transport()}
	// Glue:
	client.Transport = &jar.Transport{Jar: j, Base: client.Transport}

	return get(ctx, client, s.URL+"/login")
}

// NetHTTPHome is NetHTTP after the login.
func NetHTTPHome(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	return get(ctx, &http.Client{Transport: &jar.Transport{Jar: j, Base: s.Transport()}}, s.URL+"/home")
}

// get returns the body of a page.
func get(ctx context.Context, client *http.Client, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}
