package main

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// convert writes the cookies of one file to another, in the order in which they
// were created. What is lost on the way is reported.
func (c *command) convert() (err error) {
	if len(c.args) != 2 {
		return errUsage
	}
	j, err := c.load(c.args[0])
	if err != nil {
		return err
	}
	cookies := slices.SortedFunc(j.All(), func(a, b jar.Cookie) int { return cmp.Compare(a.Order, b.Order) })
	o := &cookiefile.WriteOptions{
		Name:   c.args[1],
		Format: cmp.Or(c.to, cookiefile.FormatOf(c.args[1])),
		Lost:   func(l *cookiefile.Loss) { c.report(l) },
	}
	write := func(w io.Writer) error { return cookiefile.Write(w, slices.Values(cookies), o) }
	if c.args[1] == "-" {
		o.Name = "standard output"
		return write(c.stdout)
	}
	return replace(c.args[1], write)
}

// replace writes a file that its owner alone can read, in the place of the one that
// may be there, which stays as it is if anything goes wrong.
func replace(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".cookies.*.tmp") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // the first error is the one that matters
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
