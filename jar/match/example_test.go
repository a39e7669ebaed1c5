package match_test

import (
	"fmt"
	"strings"

	"uacookie/jar/match"
)

// A host domain-matches the domains above it, and an address only itself.
func ExampleDomain() {
	fmt.Println(match.Domain("www.example.com", "example.com"))
	fmt.Println(match.Domain("notexample.com", "example.com"))
	fmt.Println(match.Domain("192.0.2.1", "0.2.1"))
	// Output:
	// true
	// false
	// false
}

// A path ends where a segment ends.
func ExamplePath() {
	fmt.Println(match.Path("/app/login", "/app"))
	fmt.Println(match.Path("/application", "/app"))
	// Output:
	// true
	// false
}

// Hosts are compared in their canonical form.
func ExampleHost() {
	for _, host := range []string{"WWW.Example.com:8080", "bücher.example", "0x7f.1"} {
		canonical, ok := match.Host(host)
		fmt.Println(canonical, ok)
	}
	// Output:
	// www.example.com true
	// xn--bcher-kva.example true
	// 127.0.0.1 true
}

// A program can read its own list, in the format of publicsuffix.org, and sort hosts into
// sites by it.
func ExampleParseList() {
	list, err := match.ParseList(strings.NewReader("example\n*.hosting.example\n"), "ours")
	if err != nil {
		fmt.Println(err)
		return
	}
	sites := match.NewSites(list)
	fmt.Println(list.PublicSuffix("a.b.hosting.example"))
	fmt.Println(sites.Registrable("www.a.b.hosting.example"))
	fmt.Println(sites.IsPublicSuffix("b.hosting.example"))
	// Output:
	// b.hosting.example
	// a.b.hosting.example
	// true
}

// The zero List has only the rule "*": the last label is the public suffix.
func ExampleList() {
	fmt.Println(new(match.List).PublicSuffix("www.example.co.uk"))
	// Output: uk
}
