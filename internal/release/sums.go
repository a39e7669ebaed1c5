package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sums returns the two lines of m for a go.sum file: the checksum of its files, and of its
// go.mod. Both are as "go mod verify" computes them: the SHA-256 of a list with the SHA-256
// of each file.
func (m *module) sums(out, version string) (string, error) {
	files, err := m.contents(out)
	if err != nil {
		return "", err
	}
	read := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(out, m.dir, name)) }
	all, err := checksum(files, m.newPath+"@"+version+"/", read)
	if err != nil {
		return "", err
	}
	mod, err := checksum([]string{"go.mod"}, "", read)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s %s\n%[1]s %[2]s/go.mod %[4]s\n", m.newPath, version, all, mod), nil
}

// checksum returns the checksum of files, which have a prefix in the list.
func checksum(files []string, prefix string, read func(string) ([]byte, error)) (string, error) {
	list := sha256.New()
	for _, f := range files { // sorted
		data, err := read(f)
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(data)
		fmt.Fprintf(list, "%s  %s%s\n", hex.EncodeToString(sum[:]), prefix, f)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(list.Sum(nil)), nil
}

// addSums adds lines, each a pair of a module, to the text of a go.sum file, sorted by module
// path.
func addSums(text string, lines []string) string {
	all := slices.Collect(strings.Lines(text))
	for _, l := range lines {
		i := slices.IndexFunc(all, func(other string) bool { return pathOf(other) > pathOf(l) })
		if i < 0 {
			i = len(all)
		}
		all = slices.Insert(all, i, l)
	}
	return strings.Join(all, "")
}

// pathOf returns the module path of a line of go.sum.
func pathOf(line string) string {
	p, _, _ := strings.Cut(line, " ")
	return p
}
