package cookiefile_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
	"uacookie/jar/store"
)

// A program saves its cookies when it ends and loads them when it starts, to the byte. Package
// jarfile does that for several programs at once, and replaces the file atomically.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "cookies.json")
	r := &jar.Request{URL: &url.URL{Scheme: "https", Host: "example.com"}}

	j, _ := jar.New(nil)
	j.Receive(r, []string{`cart={"n":1}`, "drink=caf\xe9; Max-Age=3600", "token"})
	var saved bytes.Buffer
	if err := cookiefile.Write(&saved, j.All(), nil); err != nil {
		fmt.Println(err)
	}
	if err := os.WriteFile(path, saved.Bytes(), 0o600); err != nil { // values are secret
		fmt.Println(err)
	}

	f, err := os.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	again, _ := jar.New(nil)
	n, err := cookiefile.Load(again, f, &cookiefile.ReadOptions{Name: path})
	fmt.Println(n, err)
	fmt.Printf("%q\n", again.Header(r))
	// Output:
	// 3 <nil>
	// "cart={\"n\":1}; drink=caf\xe9; token"
}

// Cookies of curl's go into a jar. What cannot be read is skipped, and what is not taken
// as it is, such as a cookie for all hosts below a public suffix, is noted.
func ExampleLoad() {
	const file = `# Netscape HTTP Cookie File
#HttpOnly_example.com	FALSE	/	TRUE	0	session	1
.example.com	TRUE	/	FALSE	tomorrow	bad	2
.localhost	TRUE	/	FALSE	0	theme	3
.example.com	TRUE	/	FALSE	0	__Secure-id	4
`
	j, _ := jar.New(nil)
	n, err := cookiefile.Load(j, strings.NewReader(file), &cookiefile.ReadOptions{
		Name:  "cookies.txt",
		Noted: func(e *cookiefile.LineError) { fmt.Println("noted:", e) },
	})
	fmt.Println(n)
	fmt.Println(err)
	// Output:
	// noted: cookies.txt:4: "theme" for localhost/: taken as host-only, since its domain is a public suffix
	// 2
	// cookies.txt:3: expiry
	// cookies.txt:5: cookie "__Secure-id" from example.com refused: secure-prefix
}

// What the format cannot express is reported.
func ExampleWrite() {
	cookies := []jar.Cookie{
		{Name: "session", Value: "1", Domain: "example.com", HostOnly: true, Path: "/", HttpOnly: true},
		{Name: "theme", Value: "dark", Domain: "example.com", Path: "/", SameSite: store.SameSiteStrict},
	}
	err := cookiefile.Write(os.Stdout, slices.Values(cookies), &cookiefile.WriteOptions{
		Format: cookiefile.FormatPlaywright,
	})
	if err != nil {
		fmt.Println(err)
	}
	err = cookiefile.Write(os.Stdout, slices.Values(cookies), &cookiefile.WriteOptions{
		Format: cookiefile.FormatNetscape,
		Lost:   func(l *cookiefile.Loss) { fmt.Println("lost:", l) },
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"cookies":[
	// {"name":"session","value":"1","domain":"example.com","path":"/","expires":-1,"httpOnly":true,"secure":false,"sameSite":"Lax"},
	// {"name":"theme","value":"dark","domain":".example.com","path":"/","expires":-1,"httpOnly":false,"secure":false,"sameSite":"Strict"}
	// ],"origins":[]}
	// lost: cookie "theme" for *.example.com/, as netscape: loses its same-site
	// # Netscape HTTP Cookie File
	// #HttpOnly_example.com	FALSE	/	FALSE	0	session	1
	// .example.com	TRUE	/	FALSE	0	theme	dark
}

// Read yields what the file says, without a jar.
func ExampleRead() {
	const file = `[{"name":"a","value":"1","domain":"example.com","path":"/"}, {"name":"b"}]`
	for c, err := range cookiefile.Read(strings.NewReader(file), nil) {
		if err != nil {
			fmt.Println("skipped:", err)
			continue
		}
		fmt.Println(c)
	}
	// Output:
	// "a" for example.com/
	// skipped: line 1: host
}
