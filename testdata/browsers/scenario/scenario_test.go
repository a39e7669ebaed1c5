package scenario

import (
	"bytes"
	"strings"
	"testing"
)

// What is read is written as it was: each char of a line is a byte.
func TestRoundTrip(t *testing.T) {
	const file = `{"id":"a","source":"x/y","why":"<&>","steps":[` +
		`{"op":"set","url":"https://a.test/","lines":["a=\u0000\u0001ÿ","\"<"],"ctx":{"kind":"navigate"}},` +
		`{"op":"set","url":"https://a.test/","lines":["a=1"],"date":[],"ctx":{"kind":"navigate"}},` +
		`{"op":"set","url":"https://a.test/","lines":["a=1"],"date":["0","é"],"ctx":{"kind":"navigate"}},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"iframe","top":"https://b.test/"},"want":""}]}` + "\n"
	all, err := Read(strings.NewReader("\n" + file))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(all[0].Steps[0].Lines[0]); got != "a=\x00\x01\xff" {
		t.Errorf("the line is %q, want a byte a char", got)
	}
	var b bytes.Buffer
	if err := Write(&b, all); err != nil {
		t.Fatal(err)
	}
	if b.String() != file {
		t.Errorf("written:\n%swant:\n%s", b.String(), file)
	}
}

func TestReadErrors(t *testing.T) {
	for _, line := range []string{
		`{"id":"","steps":[]}`,
		`{"id":"a","steps":[{"op":"put","ctx":{"kind":"navigate"}}]}`,
		`{"id":"a","steps":[{"op":"get","ctx":{"kind":"popup"}}]}`,
		`{"id":"a","steps":[{"op":"get","ctx":{"kind":"navigate","mood":"good"}}]}`,
		`{"id":"a","steps":[{"op":"set","lines":["\u0100"],"ctx":{"kind":"navigate"}}]}`,
		`{"id":"a","steps":[{"op":"set","date":["\u0100"],"ctx":{"kind":"navigate"}}]}`,
		`{"id":"a"}` + "\n" + `{"id":"a"}`,
		`[]`,
	} {
		if _, err := Read(strings.NewReader(line)); err == nil || !strings.Contains(err.Error(), "line ") {
			t.Errorf("Read(%s): error %v, want one that names the line", line, err)
		}
	}
}
