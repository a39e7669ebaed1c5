package clients

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the rows of the tested clients into README.md")

// row returns the row of c in the table of README.md.
func row(t *testing.T, c *client) string {
	t.Helper()
	name := fmt.Sprintf("[%s](%s)", c.name, c.file)
	if c.module != "" {
		m := regexp.MustCompile(`(?m)^\t` + regexp.QuoteMeta(c.module) + ` v([\d.]+(?:-rc[\d.]+)?)`).FindStringSubmatch(read(t, "go.mod"))
		if m == nil {
			t.Fatalf("go.mod does not require %s", c.module)
		}
		name += " " + m[1]
	}
	lost := "none"
	if len(c.lost) > 0 {
		lost = strings.Join(c.lost, ", ")
	}
	return fmt.Sprintf("| %s | %s | %d | %s | %s | %s |", name, c.face, glueLines(t, c), strings.TrimSuffix(c.proto, ".0"), lost, c.note)
}

// glueLines counts the lines of code between "// Glue:" in a function and the next blank line
// or the end of the function.
func glueLines(t *testing.T, c *client) int {
	t.Helper()
	_, body, ok := strings.Cut(read(t, c.file), "\nfunc "+c.glue+"(")
	if !ok {
		t.Fatalf("%s has no function %s", c.file, c.glue)
	}
	body, _, _ = strings.Cut(body, "\n}\n")
	_, glue, ok := strings.Cut(body, "// Glue:\n")
	if !ok {
		t.Fatalf("%s: %s has no glue", c.file, c.glue)
	}
	glue, _, _ = strings.Cut(glue, "\n\n")
	n := 0
	for line := range strings.Lines(glue) {
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "//") {
			n++
		}
	}
	return n
}

// compare compares the row of c with README.md, or writes it there.
func compare(t *testing.T, c *client) {
	t.Helper()
	if t.Failed() {
		return
	}
	want, readme := row(t, c), read(t, "README.md")
	old := rowOf(readme, c)
	switch {
	case old == want:
	case *update && old != "":
		write(t, strings.Replace(readme, old, want, 1))
	case *update:
		write(t, strings.TrimSuffix(readme, "\n")+"\n"+want+"\n") // at the end: move it to its place
	default:
		t.Errorf("README.md is stale: go test . -update writes it\n got %s\nwant %s", old, want)
	}
}

// rowOf returns the row about c, or "". Rows differ in their name, file and face.
func rowOf(readme string, c *client) string {
	for line := range strings.Lines(readme) {
		if strings.HasPrefix(line, fmt.Sprintf("| [%s](%s) ", c.name, c.file)) && strings.Contains(line, "| "+c.face+" |") {
			return strings.TrimSuffix(line, "\n")
		}
	}
	return ""
}

// The table has a row for each client and no others.
func TestTableIsComplete(t *testing.T) {
	readme := read(t, "README.md")
	for i := range clients {
		if rowOf(readme, &clients[i]) == "" {
			t.Errorf("README.md has no row about %s with %s", clients[i].name, clients[i].face)
		}
	}
	if n := strings.Count(readme, "\n| ["); n != len(clients) {
		t.Errorf("the table has %d rows, want %d", n, len(clients))
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, readme string) {
	t.Helper()
	if err := os.WriteFile("README.md", []byte(readme), 0o644); err != nil {
		t.Fatal(err)
	}
}
