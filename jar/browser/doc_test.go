package browser_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The documentation of the package counts the places that no recording confirms.
func TestSpecificationOnly(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	places, said := 0, ""
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		// A comment may break the line in the middle of the phrase.
		text := regexp.MustCompile(`\s*\n\s*//\s*|\s+`).ReplaceAllString(string(data), " ")
		switch {
		case name == "doc.go":
			if m := regexp.MustCompile(`In (\d+) places`).FindStringSubmatch(text); m != nil {
				said = m[1]
			}
		case !strings.HasSuffix(name, "_test.go"):
			places += strings.Count(strings.ToLower(text), "from the specification only")
		}
	}
	if said != strconv.Itoa(places) {
		t.Errorf("doc.go says %q places, and there are %d", said, places)
	}
}
