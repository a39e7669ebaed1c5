//go:build ignore

// Writes persistent-cookiejar.json and go.json into the folder os.Args[1]. It needs a module with
// github.com/juju/persistent-cookiejar v1.0.0 and
// github.com/juju/go4 v0.0.0-20160222163258-40d72ab9641a.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	cookiejar "github.com/juju/persistent-cookiejar"
)

func main() {
	cookies := (&http.Response{Header: http.Header{"Set-Cookie": {
		"sid=s1; Path=/; Secure; HttpOnly",
		"theme=dark; Domain=example.com; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
		"cart=3; Path=/cart; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
	}}}).Cookies()
	j, err := cookiejar.New(&cookiejar.Options{Filename: filepath.Join(os.Args[1], "persistent-cookiejar.json")})
	if err != nil {
		log.Fatal(err)
	}
	j.SetCookies(&url.URL{Scheme: "https", Host: "www.example.com", Path: "/cart/"}, cookies)
	if err := j.Save(); err != nil {
		log.Fatal(err)
	}

	data, err := json.Marshal(cookies)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(os.Args[1], "go.json"), data, 0o600); err != nil {
		log.Fatal(err)
	}
}
