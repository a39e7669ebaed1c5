package jarfile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"

	"uacookie/internal/target"
)

// lockInterval is the interval between attempts to take a lock that another process holds.
const lockInterval = 10 * time.Millisecond

// lock locks the file at path, and creates it if it does not exist. While another process
// holds the lock, it waits until ctx is done.
func lock(ctx context.Context, path string) (*flock.Flock, error) {
	for {
		// Opening a named pipe would wait for a writer.
		if info, err := os.Stat(path); err == nil {
			if err := target.Regular(path, info.Mode()); err != nil {
				return nil, err
			}
		}
		l := flock.New(path, flock.SetPermissions(0o600))
		ok, err := l.TryLock()
		if !ok && err == nil {
			_, err = l.TryLockContext(ctx, lockInterval)
		}
		if err == nil && holds(l) {
			return l, nil
		}
		_ = l.Close() // unlocks
		if err != nil {
			return nil, err
		}
	}
}

// holds reports whether the file that l locked is still at its path. If the lock file was
// deleted, another process may have created and locked a new one.
func holds(l *flock.Flock) bool {
	mine, err := l.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(l.Path())
	return err == nil && os.SameFile(mine, there)
}

// A state identifies a version of a file. The zero state is a missing file.
type state struct{ info fs.FileInfo }

// stateOf returns the state of an open file, or the zero state if f is nil.
func stateOf(f source) (state, error) {
	if f == nil {
		return state{}, nil
	}
	info, err := f.Stat()
	return state{info}, err
}

// still reports whether the file at path is unchanged since s was taken. An empty file
// counts as missing.
func (s state) still(path string) bool {
	now, err := os.Stat(path)
	if s.info == nil {
		return errors.Is(err, fs.ErrNotExist) || err == nil && now.Size() == 0
	}
	return err == nil && os.SameFile(s.info, now) && s.info.Size() == now.Size() && s.info.ModTime().Equal(now.ModTime())
}
