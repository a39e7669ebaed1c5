package jarfile_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"uacookie/jar"
	"uacookie/jar/jarfile"
)

// A jar that is still there when the program runs again.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	for range 2 {
		f, err := jarfile.Open(filepath.Join(dir, "cookies.txt"), &jarfile.Options{KeepSession: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(f.Jar().Len(), "cookies")
		f.Jar().Accept(jar.Cookie{Name: "session", Value: "1", Domain: "example.com", HostOnly: true, Path: "/"})
		if err := f.Save(context.Background()); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// 0 cookies
	// 1 cookies
}
