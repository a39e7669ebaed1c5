package boltjar_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"

	"uacookie/jar"
	"uacookie/jar/boltjar"
	"uacookie/jar/durable"
)

// After a crash, a jar in a database has all cookies that were set before Flush returned,
// and usually later ones, too.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	home := &jar.Request{URL: &url.URL{Scheme: "https", Host: "www.example.com", Path: "/"}}

	for range 2 {
		b, err := boltjar.Open(filepath.Join(dir, "cookies.db"))
		if err != nil {
			log.Fatal(err)
		}
		j, err := durable.Open(ctx, b, nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(j.Len(), "cookies")

		if _, err := j.Receive(ctx, home, []string{"session=1; Secure; HttpOnly"}); err != nil {
			log.Fatal(err)
		}
		if err := j.Flush(ctx); err != nil { // on return, the cookie is on disk
			log.Fatal(err)
		}
		if err := j.Close(ctx); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// 0 cookies
	// 1 cookies
}

// A client whose sessions survive the process, and a crash.
func Example_client() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Printf("got [%s]\n", r.Header.Get("Cookie"))
		w.Header().Set("Set-Cookie", "session=s1; HttpOnly")
	}))
	defer server.Close()

	for range 2 { // the program runs twice
		b, err := boltjar.Open(filepath.Join(dir, "cookies.db"))
		if err != nil {
			log.Fatal(err)
		}
		j, err := durable.Open(ctx, b, nil)
		if err != nil {
			log.Fatal(err)
		}
		client := &http.Client{Transport: &jar.Transport{Jar: j.Jar}}
		if resp, err := client.Get(server.URL); err == nil {
			resp.Body.Close()
		}
		if err := j.Close(ctx); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// got []
	// got [session=s1]
}
