//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is no regular file is written to as it is, through links too, and stays what it
// is. A named pipe stands for all of them.
func TestConvertInPlace(t *testing.T) {
	dir := t.TempDir()
	in, pipe, link := filepath.Join(dir, "in.txt"), filepath.Join(dir, "pipe"), filepath.Join(dir, "link")
	if err := os.WriteFile(in, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("pipe", link); err != nil {
		t.Fatal(err)
	}
	// Open at both ends, so that nothing waits if the pipe is replaced.
	both, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer both.Close()
	for _, out := range []string{pipe, link} {
		if stdout, stderr, code := do(t, "", "convert", "-to", "netscape", in, out); code != 0 || stdout != "" || stderr != "" {
			t.Fatalf("convert to %s = %d\n%s%s", out, code, stdout, stderr)
		}
		if info, err := os.Stat(out); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
			t.Fatalf("Stat(%s) = %v, %v, want a named pipe still", out, info, err)
		}
		got := make([]byte, len(file))
		if _, err := io.ReadFull(both, got); err != nil || string(got) != file {
			t.Errorf("through %s came %v\n%s\nwant\n%s", out, err, got, file)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("Lstat(link) = %v, %v, want a link still", info, err)
	}
	if _, stderr, code := do(t, "", "convert", in, dir); code != 1 || !strings.Contains(stderr, dir) {
		t.Errorf("convert to a folder = %d, %s, want 1 and its name", code, stderr)
	}
}

// Standard output by its names is standard output, and nothing is opened. No test goes
// by way of the name of the device itself.
func TestStandardOutput(t *testing.T) {
	for path, want := range map[string]bool{
		"-": true, "/dev/stdout": true, "/dev/fd/1": true, "/proc/self/fd/1": true,
		"stdout": false, "/dev/fd/10": false, "./-": false,
	} {
		if got := isStandardOutput(path); got != want {
			t.Errorf("isStandardOutput(%q) = %t, want %t", path, got, want)
		}
	}
	if stdout, stderr, code := do(t, file, "convert", "-to", "netscape", "-", "-"); stdout != file || stderr != "" || code != 0 {
		t.Errorf("convert - - = %d\n%s%s\nwant\n%s", code, stdout, stderr, file)
	}
}

// A link stays, and the file at its end is replaced or made.
func TestConvertThroughLink(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("old.txt"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"to-old": "old.txt", "dangling": "new.txt", "twice": "dangling-too", "dangling-too": "data/new.txt",
		"folder": "data", "data/up": "../up.txt", "loop": "loop", "no-folder": "none/new.txt",
	} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"to-old": "old.txt", "dangling": "new.txt", "twice": "data/new.txt", "folder/up": "up.txt",
	} {
		if stdout, stderr, code := do(t, file, "convert", "-to", "netscape", "-", at(link)); code != 0 {
			t.Errorf("convert to %s = %d\n%s%s", link, code, stdout, stderr)
		}
		if info, err := os.Lstat(at(link)); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("Lstat(%s) = %v, %v, want a link still", link, info, err)
		}
		if data, err := os.ReadFile(at(target)); err != nil || string(data) != file {
			t.Errorf("in %s: %v\n%s\nwant\n%s", target, err, data, file)
		}
	}
	for _, link := range []string{"loop", "no-folder"} {
		if _, stderr, code := do(t, file, "convert", "-", at(link)); code != 1 || stderr == "" {
			t.Errorf("convert to %s = %d, %q, want 1 and why", link, code, stderr)
		}
	}
}
