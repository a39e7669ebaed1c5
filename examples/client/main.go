// Client shows the two ways to use the jar with http.Client, against a small
// server that it starts itself.
//
//	go run ./client
package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"uacookie/jar"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(serve))
	defer server.Close()
	for _, show := range []func(string) error{dropIn, transport} {
		if err := show(server.URL); err != nil {
			fmt.Fprintln(os.Stderr, "client:", err)
			os.Exit(1)
		}
	}
}

// dropIn takes the place of net/http/cookiejar. The jar sees what net/http lets
// through, and tells why it refuses some of it.
func dropIn(url string) error {
	j, err := jar.New(&jar.Options{
		Refused: func(r *jar.Refusal) { fmt.Println("  refused:", r) },
	})
	if err != nil {
		return err
	}
	client := &http.Client{Jar: j}
	fmt.Println("http.Client.Jar:")
	if err := visit(client, url); err != nil {
		return err
	}
	return visit(client, url)
}

// transport has the jar read and write the header fields itself, and loses
// nothing.
func transport(url string) error {
	j, err := jar.New(&jar.Options{
		Refused: func(r *jar.Refusal) { fmt.Println("  refused:", r) },
	})
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &jar.Transport{Jar: j}}
	fmt.Println("http.Client.Transport:")
	if err := visit(client, url); err != nil {
		return err
	}
	return visit(client, url)
}

// visit makes a request and prints what the server says that it was sent.
func visit(client *http.Client, url string) error {
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Printf("  %s\n", body)
	return err
}

// serve sets some cookies, and says what it was sent.
func serve(w http.ResponseWriter, r *http.Request) {
	for _, line := range []string{
		"session=s1; HttpOnly",
		`cart={"items":["apple","pear"]}`, // net/http drops it: quotes
		`note="two words"`,                // both keep it
		"token",                           // net/http drops it: no name
		"__Host-id=1",                     // both refuse it: not Secure
		"old=1; Expires=Thu, 01-Jan-70 00:00:00 GMT", // gone already
	} {
		w.Header().Add("Set-Cookie", line)
	}
	fmt.Fprintf(w, "the server got Cookie: %s", cmp.Or(r.Header.Get("Cookie"), "none"))
}
