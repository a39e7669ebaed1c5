// Package target says which file a path means to a program that will replace it.
package target

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNotRegular is the error for a path that leads to something else than a regular
// file, such as a device. Renaming a file over it would remove it.
var ErrNotRegular = errors.New("not a regular file")

// maxLinks is how many links are followed before they are taken for a loop.
const maxLinks = 40

// Of returns the path of the regular file that path leads to through symbolic links.
// If no file is there yet, it is where the last link points, in a folder that exists. The
// error is a *fs.PathError; nothing is opened.
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
			// By the folder's real name, as ".." in the link is meant.
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

// Regular returns nil if mode is that of a regular file, and otherwise an error that
// wraps ErrNotRegular.
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

// inFolder returns an error unless the folder that path is in exists.
func inFolder(path string) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}
	}
	return err
}
