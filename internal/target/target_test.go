package target

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOf(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, name := range []string{"real/deep", "other"} {
		if err := os.MkdirAll(at(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(at("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"to-file": "file", "to-link": "to-file", "absolute": at("file"),
		"dangling": "new", "dangling-twice": "dangling", "dangling-absolute": at("other/new"),
		"folder": "real/deep", "real/deep/up": "../new", "loop": "loop", "to-folder": "real",
		"no-folder": "none/new",
	} {
		if err := os.Symlink(filepath.FromSlash(to), at(link)); err != nil {
			t.Skip("NOT TESTED: no symbolic links:", err)
		}
	}
	for path, want := range map[string]string{
		"file": "file", "to-file": "file", "to-link": "file", "absolute": "file",
		"new": "new", "dangling": "new", "dangling-twice": "new", "dangling-absolute": "other/new",
		"folder/up": "real/new", // not that beside the link to the folder
	} {
		got, err := Of(at(path))
		if err != nil || filepath.Clean(got) != at(want) {
			t.Errorf("Of(%s) = %s, %v, want %s", path, got, err, at(want))
		}
	}
	for path, want := range map[string]error{
		"real": ErrNotRegular, "to-folder": ErrNotRegular, "none/new": fs.ErrNotExist, "no-folder": fs.ErrNotExist,
		"loop": nil, "file/new": nil,
	} {
		got, err := Of(at(path))
		if _, ok := errors.AsType[*fs.PathError](err); !ok || want != nil && !errors.Is(err, want) {
			t.Errorf("Of(%s) = %s, %v, want the error %v", path, got, err, want)
		}
	}
	t.Chdir(dir)
	if got, err := Of("dangling"); err != nil || filepath.Base(got) != "new" {
		t.Errorf("Of(dangling) in the folder = %s, %v, want new", got, err)
	}
	if got, err := Of(""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Of of no path = %q, %v, want %v: its folder is not the current one", got, err, fs.ErrNotExist)
	}
}

// Whatever is no regular file is refused by its mode, and the error says what it is.
func TestRegular(t *testing.T) {
	for mode, want := range map[fs.FileMode]string{
		fs.ModeDir: "folder", fs.ModeNamedPipe: "named pipe", fs.ModeSocket: "socket",
		fs.ModeDevice: "device", fs.ModeDevice | fs.ModeCharDevice: "device", fs.ModeIrregular: "special file",
	} {
		err := Regular("p", mode|0o600)
		if !errors.Is(err, ErrNotRegular) || err.Error() != "open p: it is a "+want+", not a regular file" {
			t.Errorf("Regular(%v) = %v, want that it is a %s", mode, err, want)
		}
	}
	if err := Regular("p", 0o644); err != nil {
		t.Errorf("Regular of a regular file = %v, want nil", err)
	}
}
