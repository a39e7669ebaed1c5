package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// publish writes the modules of t to a folder, in the layout of a GOPROXY.
func (t *tree) publish(proxy, version string) error {
	for _, m := range t.modules {
		dir := filepath.Join(proxy, filepath.FromSlash(escaped(m.newPath)), "@v")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		mod, err := os.ReadFile(filepath.Join(t.dir, m.dir, "go.mod"))
		if err != nil {
			return err
		}
		info := fmt.Sprintf(`{"Version":%q,"Time":%q}`, version, time.Now().UTC().Format(time.RFC3339))
		for name, text := range map[string]string{
			"list": version + "\n", version + ".info": info, version + ".mod": string(mod),
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				return err
			}
		}
		if err := m.zip(t.dir, version, filepath.Join(dir, version+".zip")); err != nil {
			return fmt.Errorf("%s: %w", m.newPath, err)
		}
	}
	return nil
}

// zip writes the module zip file of m.
func (m *module) zip(out, version, name string) (err error) {
	files, err := m.contents(out)
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	z := zip.NewWriter(f)
	for _, file := range files {
		w, err := z.Create(m.newPath + "@" + version + "/" + file)
		if err != nil {
			return err
		}
		r, err := os.Open(filepath.Join(out, m.dir, file))
		if err != nil {
			return err
		}
		_, err = io.Copy(w, r)
		r.Close()
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// escaped returns a module path as the files of a GOPROXY and of the module cache have it: an
// upper-case letter is its lower-case letter after an exclamation mark.
func escaped(path string) string {
	var b strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
