package main

import (
	"os"
	"path/filepath"
	"strings"
)

// filesProgram writes a file of each format with the given argument "write", and otherwise
// reads them. The path of the root module is PATH.
const filesProgram = `package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"PATH/jar"
	"PATH/jar/boltjar"
	"PATH/jar/cookiefile"
	"PATH/jar/durable"
	"PATH/jar/jarfile"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run(what, dir string) error {
	c := jar.Cookie{
		Name: "a", Value: "1", Domain: "example.com", Path: "/", Secure: true, HttpOnly: true, SameSite: jar.SameSiteLax,
		Expires: time.Now().Add(time.Hour).Truncate(time.Second), Priority: jar.PriorityHigh,
	}
	ctx := context.Background()
	b, err := boltjar.Open(filepath.Join(dir, "bolt.db"))
	if err != nil {
		return err
	}
	kept, err := durable.Open(ctx, b, nil)
	if err != nil {
		return err
	}
	shared, err := jarfile.Open(filepath.Join(dir, "shared.json"), &jarfile.Options{KeepSession: true})
	if err != nil {
		return err
	}
	own := filepath.Join(dir, "own.json")
	plain := new(jar.Jar)
	jars := map[string]*jar.Jar{"boltjar": kept.Jar, "jarfile": shared.Jar(), "cookiefile": plain}
	if what == "write" {
		for name, j := range jars {
			if v := j.Accept(c); !v.OK() {
				return fmt.Errorf("%s: %v", name, v)
			}
		}
		if err := shared.Save(ctx); err != nil {
			return err
		}
		var file bytes.Buffer
		if err := cookiefile.Write(&file, plain.All(), nil); err != nil {
			return err
		}
		if err := os.WriteFile(own, file.Bytes(), 0o600); err != nil {
			return err
		}
		return kept.Close(ctx)
	}
	file, err := os.ReadFile(own)
	if err != nil {
		return err
	}
	if _, err := cookiefile.Load(plain, bytes.NewReader(file), nil); err != nil {
		return err
	}
	for name, j := range jars {
		got, ok := j.Get(c.Key())
		if !ok || got.Value != c.Value || got.Priority != c.Priority || !got.Secure || !got.HttpOnly || got.SameSite != c.SameSite || !got.Persistent() {
			return fmt.Errorf("%s: the cookie is %v, %t", name, got, ok)
		}
	}
	return kept.Close(ctx)
}
`

// writeFiles has this tree write a file of each format into a folder.
func (c *checker) writeFiles(root, to string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	mod, err := readGoMod(root)
	if err != nil {
		return err
	}
	from := mod.Module.Path
	dir, err := c.fresh("writer", strings.ReplaceAll(filesProgram, "PATH", from))
	if err != nil {
		return err
	}
	edit := []string{"mod", "edit"}
	for _, m := range []string{"", "/jar/boltjar", "/jar/jarfile"} {
		edit = append(edit, "-replace="+from+m+"="+filepath.Join(root, filepath.FromSlash(m)))
	}
	for _, args := range [][]string{edit, {"mod", "tidy"}, {"run", ".", "write", to}} {
		if _, err := c.run(dir, "go", args...); err != nil {
			return err
		}
	}
	return nil
}

// readFiles has the release read the files.
func (c *checker) readFiles(from string) error {
	dir, err := c.fresh("reader", strings.ReplaceAll(filesProgram, "PATH", checkPath))
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"mod", "tidy"}, {"run", ".", "read", from}} {
		if _, err := c.run(dir, "go", args...); err != nil {
			return err
		}
	}
	// The installed program reads one, too.
	_, err = c.run(dir, filepath.Join(c.dir, "bin", "cookies"+exe()), "list", filepath.Join(from, "own.json"))
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(c.dir, "bin", "crawl"+exe()))
	return err
}
