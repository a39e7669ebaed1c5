// Client shows the two ways to use the jar with http.Client, against a small
// server that it starts itself.
//
//	go run ./client
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/urfave/cli/v3"

	"uacookie/examples/internal/cmdline"
	"uacookie/jar"
)

const usage = `Client shows the two ways to use the jar with http.Client, against a small server that
it starts itself.

usage: client

The exit code is 0 if all went well; 1 if the server could not be reached; 2 if the
command line is wrong.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main with all that it touches passed in. It returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	return cmdline.Run(context.Background(), &cli.Command{
		Name:        "client",
		Description: usage,
		Action: cmdline.Action(func(_ context.Context, flags *cli.Command) int {
			if flags.NArg() > 0 {
				fmt.Fprintln(stderr, "client: want no arguments; see client -h")
				return cmdline.Wrong
			}
			server := httptest.NewServer(http.HandlerFunc(serve))
			defer server.Close()
			for _, show := range []func(io.Writer, string) error{dropIn, transport} {
				if err := show(stdout, server.URL); err != nil {
					fmt.Fprintln(stderr, "client:", err)
					return 1
				}
			}
			return 0
		}),
	}, args, stdout, stderr)
}

// dropIn takes the place of net/http/cookiejar. The jar sees what net/http lets
// through, and tells why it refuses some of it.
func dropIn(w io.Writer, url string) error {
	j, err := jar.New(&jar.Options{
		Refused: func(r *jar.Refusal) { fmt.Fprintln(w, "  refused:", r) },
	})
	if err != nil {
		return err
	}
	client := &http.Client{Jar: j}
	fmt.Fprintln(w, "http.Client.Jar:")
	if err := visit(w, client, url); err != nil {
		return err
	}
	return visit(w, client, url)
}

// transport has the jar read and write the header fields itself, and loses
// nothing.
func transport(w io.Writer, url string) error {
	j, err := jar.New(&jar.Options{
		Refused: func(r *jar.Refusal) { fmt.Fprintln(w, "  refused:", r) },
	})
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &jar.Transport{Jar: j}}
	fmt.Fprintln(w, "http.Client.Transport:")
	if err := visit(w, client, url); err != nil {
		return err
	}
	return visit(w, client, url)
}

// visit makes a request and prints what the server says that it was sent.
func visit(w io.Writer, client *http.Client, url string) error {
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Fprintf(w, "  %s\n", body)
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
