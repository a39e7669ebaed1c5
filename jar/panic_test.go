package jar_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
)

// When a hook, a clock or a list panics, the body of the response is closed, or of the request
// if it was not sent, and the panic continues.
func TestTransportPanic(t *testing.T) {
	failure := errors.New("on purpose")
	var armed string
	boom := func(what string) {
		if what == armed {
			panic(failure)
		}
	}
	for _, tt := range []struct {
		what string
		sent bool
	}{
		{"Withheld", false}, {"Watch sending", false}, {"Now", false}, {"list", false}, {"Veto", false}, {"Trustworthy", false},
		{"Refused", true}, {"Changed", true}, {"Watch receiving", true}, {"Now receiving", true}, {"list receiving", true},
		{"Veto receiving", true}, {"Trustworthy receiving", true},
	} {
		t.Run(tt.what, func(t *testing.T) {
			armed = ""
			receiving := false
			stage := func(what string) {
				if receiving {
					what += " receiving"
				}
				boom(what)
			}
			j := mustJar(t, &jar.Options{
				Withheld:         func(*jar.Refusal) { boom("Withheld") },
				Refused:          func(*jar.Refusal) { boom("Refused") },
				Changed:          func(jar.Change) { boom("Changed") },
				Now:              func() (now time.Time) { stage("Now"); return time.Now() },
				Veto:             func(jar.Op, *jar.Request, jar.Cookie) bool { stage("Veto"); return false },
				Trustworthy:      func(string) bool { stage("Trustworthy"); return false },
				PublicSuffixList: panicList(func() { stage("list") }),
			})
			j.Watch(func(e jar.Event) { boom("Watch " + e.Op.String()) })
			j.Receive(to(t, "https://www.a.test/"), []string{"a=1; Path=/", "s=1; Secure; Path=/"})
			request, response := &countingBody{Reader: strings.NewReader("x")}, &countingBody{Reader: strings.NewReader("y")}
			sent := false
			transport := &jar.Transport{Jar: j, Base: roundTripFunc(func(r *http.Request) (*http.Response, error) {
				sent, receiving = true, true
				r.Body.Close()
				return &http.Response{StatusCode: 200, Body: response, Header: http.Header{
					"Set-Cookie": {"b=1; Secure", "c=1", "d=1; Domain=a.test"},
				}}, nil
			})}
			req := newRequest(t, t.Context(), "POST", "http://fresh.a.test/", "")
			if tt.what == "Withheld" || tt.what == "Veto" || strings.HasPrefix(tt.what, "Watch") {
				req = newRequest(t, t.Context(), "POST", "http://www.a.test/", "")
			}
			req.Body = request
			if tt.what == "list" { // a context has a site
				cross := &jar.Context{Initiator: testkit.URL(t, "http://other.b.test/")}
				req = req.WithContext(jar.WithContext(req.Context(), cross))
			}
			armed = tt.what
			var got any
			func() {
				defer func() { got = recover() }()
				transport.RoundTrip(req)
			}()
			if got != failure {
				t.Fatalf("recovered %v, want the hook's panic", got)
			}
			if sent != tt.sent || request.closed == 0 || tt.sent && response.closed == 0 {
				t.Errorf("sent %t, the request's body closed %d times, the response's %d; want sent %t, and each that is open closed", sent, request.closed, response.closed, tt.sent)
			}
		})
	}
}

// A panicList is a public suffix list that calls a function first.
type panicList func()

func (f panicList) PublicSuffix(domain string) string {
	f()
	return domain[strings.LastIndexByte(domain, '.')+1:]
}

func (panicList) String() string { return "test list" }
