package engine

import (
	"testing"

	"uacookie/internal/words"
)

// An empty slot never passes for one whose tag is sought, whatever is beside it: what is
// in it is not to be looked at.
func TestTags(t *testing.T) {
	for hash := range uint64(256) {
		tag := uint64(tagOf(hash << 40))
		for beside := range uint64(256) {
			tags := tag | 0<<8 | beside<<16 // the second is empty
			found := words.First(tags, byte(tag))
			if found&0x80 == 0 || found&0x8000 != 0 {
				t.Fatalf("of tags %#x, %#x is sought and %#x found", tags, tag, found)
			}
		}
	}
}
