package boltjar

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// An unownedFile is a file with a mode that cannot be changed.
type unownedFile struct {
	fs.FileInfo
	mode     fs.FileMode
	statFail error
}

func (f unownedFile) Mode() fs.FileMode          { return f.mode }
func (f unownedFile) Stat() (fs.FileInfo, error) { return f, f.statFail }
func (f unownedFile) Chmod(fs.FileMode) error    { return fs.ErrPermission }

// A file that others can open is not used if their access cannot be taken away.
func TestRestrictFails(t *testing.T) {
	failed := errors.New("stat failed")
	for _, test := range []struct {
		name string
		file unownedFile
		want error
		why  string
	}{
		{"private", unownedFile{mode: 0o600}, nil, "only the owner can open it"},
		{"of a group", unownedFile{mode: 0o660}, fs.ErrPermission, "the group can open it"},
		{"of all", unownedFile{mode: 0o604}, fs.ErrPermission, "others can read it"},
		{"unknown", unownedFile{statFail: failed}, failed, "the mode is not known"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := restrict(test.file)
			if !errors.Is(err, test.want) {
				t.Errorf("restrict = %v, want %v: %s", err, test.want, test.why)
			}
			if test.want == fs.ErrPermission && !strings.Contains(err.Error(), "chmod go=") {
				t.Errorf("restrict = %v, want an error that says what to do", err)
			}
		})
	}
}
