package main

import (
	"bufio"
	"net"
	"os/exec"
	"strings"
	"testing"

	"uacookie/testdata/chromium/scenario"
)

// The server writes the bytes of a line as they are, and reports the Cookie field
// of the request that it expects and of no other.
func TestServer(t *testing.T) {
	cert, err := newCertificate()
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(cert)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	ask := func(url, cookie string) (head string) {
		c, err := net.Dial("tcp", s.addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte("GET " + url + " HTTP/1.1\r\nHost: a.test\r\nCookie: " + cookie + "\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		for in := bufio.NewReader(c); ; {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if line == "\r\n" {
				return head
			}
			head += line
		}
	}
	const hop, page = "http://a.test/hop", "http://b.test/"
	s.expect(&plan{urls: []string{hop, page}, lines: []string{"a=\x01\xff;;", "b"}})
	if head := ask("http://other.test/", "no=1"); strings.Contains(head, "Set-Cookie") || !strings.Contains(head, " 200 ") {
		t.Errorf("an unexpected request is answered with\n%swant a blank page", head)
	}
	if head := ask(hop, "hop=1"); !strings.Contains(head, "Location: "+page+"\r\n") {
		t.Errorf("the hop is answered with\n%swant a redirect to %s", head, page)
	}
	if head := ask(page, "x=\xe9"); !strings.Contains(head, "Set-Cookie: a=\x01\xff;;\r\nSet-Cookie: b\r\n") {
		t.Errorf("the page is answered with\n%qwant the lines byte for byte", head)
	}
	if cookie, ok := s.outcome(); !ok || cookie != "x=\xe9" {
		t.Errorf("outcome() = %q, %t, want what the last request carried", cookie, ok)
	}
}

// A browser that is not there is an error that names it.
func TestNoChromium(t *testing.T) {
	err := record(t.Context(), "no-such-chromium", 1, "", nil)
	if err == nil || !strings.Contains(err.Error(), "no-such-chromium") {
		t.Errorf("record without a browser: %v, want an error that names it", err)
	}
}

// What is recorded is what the contexts mean: it would come out otherwise if the
// tabs did not do as they say.
func TestRecord(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NOT TESTED: there is no chromium on this machine to record with")
	}
	want, err := read("testdata/contexts.jsonl")
	if err != nil || len(want) == 0 {
		t.Fatalf("%d scenarios, %v", len(want), err)
	}
	got, err := read("testdata/contexts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if err := record(t.Context(), chromium, 2, "", got); err != nil {
		t.Fatal(err)
	}
	for i, s := range got {
		for k, step := range s.Steps {
			if step.Error != "" {
				t.Errorf("%s, step %d: %s", s.ID, k, step.Error)
			} else if step.Op == scenario.Get && *step.Want != *want[i].Steps[k].Want {
				t.Errorf("%s, step %d: %q, want %q", s.ID, k, *step.Want, *want[i].Steps[k].Want)
			}
		}
	}
}
