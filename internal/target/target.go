// Package target finds the file that a path means to a program that will replace it.
package target

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// ErrNotRegular is the error for a path of a device, a named pipe or another file that is
// not regular. Renaming a file over it would remove it.
var ErrNotRegular = errors.New("not a regular file")

// maxLinks is the maximum number of links that are followed, against loops.
const maxLinks = 40

// Of follows symbolic links from path and returns the path of the regular file at their end.
// If that file does not exist, its folder must. The error is a *fs.PathError. Of opens no
// file.
func Of(path string) (string, error) {
	info, err := os.Stat(path)
	if err == nil {
		if err := Regular(path, info.Mode()); err != nil {
			return "", err
		}
		return filepath.EvalSymlinks(path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	for range maxLinks {
		link, err := os.Readlink(path)
		if err != nil { // no link
			return path, inFolder(path)
		}
		if !filepath.IsAbs(link) {
			// A ".." in the link is relative to the real folder.
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", err
			}
			link = dir + string(filepath.Separator) + link
		}
		path = link
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
}

// Regular returns nil if mode is the mode of a regular file, and an error that wraps
// ErrNotRegular otherwise.
func Regular(path string, mode fs.FileMode) error {
	if mode.IsRegular() {
		return nil
	}
	return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("it is a %s, %w", kind(mode), ErrNotRegular)}
}

func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "folder"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// inFolder returns an error if path is empty, or if its folder does not exist.
func inFolder(path string) error {
	if path == "" {
		return &fs.PathError{Op: "open", Path: path, Err: syscall.ENOENT}
	}
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	return err
}

// SyncDir flushes the entries of a folder to disk, so that a file created or renamed in it
// survives a power failure. It does nothing on Windows.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
