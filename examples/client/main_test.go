package main

import (
	"os"
	"strings"
	"testing"
)

func Example() {
	run(nil, os.Stdout, os.Stdout)
	// Output:
	// http.Client.Jar:
	//   refused: cookie "__Host-id" from 127.0.0.1 refused: host-prefix
	//   the server got Cookie: none
	//   refused: cookie "__Host-id" from 127.0.0.1 refused: host-prefix
	//   the server got Cookie: session=s1; note="two words"
	// http.Client.Transport:
	//   refused: cookie "__Host-id" from 127.0.0.1 refused: host-prefix
	//   the server got Cookie: none
	//   refused: cookie "__Host-id" from 127.0.0.1 refused: host-prefix
	//   the server got Cookie: session=s1; cart={"items":["apple","pear"]}; note="two words"; token
}

func TestUsage(t *testing.T) {
	for args, want := range map[string]struct {
		code      int
		out, errs string
	}{
		"-h":   {0, "Client shows", ""},
		"-x":   {2, "", "client: there is no flag -x; see client -h\n"},
		"-hlp": {2, "", "client: there is no flag -hlp; did you mean -help? see client -h\n"},
		"url":  {2, "", "client: want no arguments; see client -h\n"},
	} {
		var out, errs strings.Builder
		code := run([]string{args}, &out, &errs)
		if code != want.code || !strings.HasPrefix(out.String(), want.out) || (out.Len() == 0) != (want.out == "") || errs.String() != want.errs {
			t.Errorf("client %s = %d\n%s%s\nwant %d\n%s%s", args, code, out.String(), errs.String(), want.code, want.out, want.errs)
		}
	}
}
