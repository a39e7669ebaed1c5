package scenario_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
	"uacookie/jar/scenario"
)

// collect returns what Read yields.
func collect(seq iter.Seq2[*scenario.Scenario, error]) (all []*scenario.Scenario, err error) {
	for s, e := range seq {
		if e != nil {
			return all, e
		}
		all = append(all, s)
	}
	return all, nil
}

func ptr(s scenario.Bytes) *scenario.Bytes { return &s }

func TestRead(t *testing.T) {
	const file = `{"id":"a","source":"x/y","now":"2026-01-15T12:00:00Z","why":"ignored","steps":[` +
		`{"op":"set","url":"https://a.test/x","lines":["a=\u00ff\u0000","b=\u00e9"],"ctx":{"kind":"navigate"},"note":1},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"iframe","top":"https://b.test/","initiator":"https://c.test/","redirect_from":["https://d.test/"]},"want":"a=\u00ff"}]}` +
		"\n\n  \n" +
		`{"id":"b","steps":[{"op":"get","url":"https://a.test/","ctx":{"kind":"script"}}]}`
	got, err := collect(scenario.Read(strings.NewReader(file)))
	if err != nil {
		t.Fatal(err)
	}
	want := []*scenario.Scenario{
		{
			ID: "a", Source: "x/y", Now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC),
			Steps: []scenario.Step{
				{Op: "set", URL: "https://a.test/x", Lines: []scenario.Bytes{"a=\xff\x00", "b=\xe9"}, Ctx: scenario.Ctx{Kind: "navigate"}},
				{Op: "get", URL: "https://a.test/", Want: ptr("a=\xff"), Ctx: scenario.Ctx{
					Kind: "iframe", Top: "https://b.test/", Initiator: "https://c.test/", RedirectFrom: []string{"https://d.test/"},
				}},
			},
		},
		{ID: "b", Steps: []scenario.Step{{Op: "get", URL: "https://a.test/", Ctx: scenario.Ctx{Kind: "script"}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
}

// What would change the meaning of a scenario must not pass unread.
func TestReadErrors(t *testing.T) {
	step := func(s string) string { return `{"id":"a","steps":[` + s + `]}` }
	for _, test := range []struct{ name, file, want, why string }{
		{"json", `{"id":`, "line 1", "no JSON"},
		{"array", `[]`, "line 1", "a scenario is an object"},
		{"no-id", `{"steps":[]}`, "without an id", "an id is needed to report on it"},
		{"op", step(`{"op":"put","url":"https://a.test/","ctx":{"kind":"navigate"}}`), `op "put"`, "an unknown op"},
		{"no-op", step(`{"url":"https://a.test/","ctx":{"kind":"navigate"}}`), `op ""`, "no op"},
		{"kind", step(`{"op":"get","url":"https://a.test/","ctx":{"kind":"prefetch"}}`), `kind "prefetch"`, "an unknown kind"},
		{"no-ctx", step(`{"op":"get","url":"https://a.test/"}`), `kind ""`, "no context"},
		{"ctx-field", step(`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate","mood":true}}`), `"mood"`, "an unknown field of ctx"},
		{"ctx-type", step(`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate","redirect_from":"https://b.test/"}}`), "ctx", "a field of another type"},
		{"no-top", step(`{"op":"get","url":"https://a.test/","ctx":{"kind":"iframe"}}`), "without a top", "a frame is in a document"},
		{"fetch-no-top", step(`{"op":"get","url":"https://a.test/","ctx":{"kind":"subresource"}}`), "without a top", "a fetch is made from one"},
		{"frames-no-top", step(`{"op":"get","url":"https://a.test/","ctx":{"kind":"script","frames":[{"url":"https://a.test/"}]}}`), "frames without a top", "frames are in a document"},
		{"socket-no-top", step(`{"op":"get","url":"wss://a.test/","ctx":{"kind":"websocket"}}`), "without a top", "a WebSocket is opened by one"},
		{"frame-field", step(`{"op":"get","url":"https://a.test/","ctx":{"kind":"iframe","top":"https://a.test/","frames":[{"href":"x"}]}}`), `"href"`, "an unknown field of a frame"},
		{"line-char", step(`{"op":"set","url":"https://a.test/","lines":["a=\u0100"],"ctx":{"kind":"navigate"}}`), "U+0100", "a char above U+00FF is no byte"},
		{"want-char", step(`{"op":"get","url":"https://a.test/","want":"a=€","ctx":{"kind":"navigate"}}`), "U+20AC", "nor is it in want"},
		{"surrogate", step(`{"op":"get","url":"https://a.test/","want":"\ud800","ctx":{"kind":"navigate"}}`), "U+FFFD", "nor is half of a pair"},
		{"raw-byte", step("{\"op\":\"get\",\"url\":\"https://a.test/\",\"want\":\"\xff\",\"ctx\":{\"kind\":\"navigate\"}}"), "U+FFFD", "nor is a byte that is no UTF-8"},
		{"url", step(`{"op":"get","url":"about:blank","ctx":{"kind":"navigate"}}`), "with a host", "no request goes there"},
		{"now", `{"id":"a","now":"today","steps":[]}`, "line 1", "a time that is none"},
		{"second-line", `{"id":"a"}` + "\n" + `{"id":""}`, "line 2", "the line is named"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := collect(scenario.Read(strings.NewReader(test.file)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Read(%s): error %v, want one with %q: %s", test.file, err, test.want, test.why)
			}
		})
	}
}

func TestReadStops(t *testing.T) {
	const file = `{"id":"a"}` + "\n" + `{"id":"b"}` + "\nx\n" + `{"id":"c"}`
	all, err := collect(scenario.Read(strings.NewReader(file)))
	if len(all) != 2 || err == nil {
		t.Errorf("Read: %d scenarios and error %v, want 2 and an error: it stops at a bad line", len(all), err)
	}
	n := 0
	for range scenario.Read(strings.NewReader(file)) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d scenarios, want 1: the reader of them may stop", n)
	}
	broken := errors.New("broken")
	if _, err := collect(scenario.Read(iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("Read: error %v, want %v", err, broken)
	}
}

// A step that the recorder could not carry out makes the scenario one that is not
// scored.
func TestScored(t *testing.T) {
	for _, test := range []struct {
		file string
		want bool
	}{
		{`{"id":"a","steps":[{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"}}]}`, true},
		{`{"id":"a","error":"timeout","steps":[]}`, false},
		{`{"id":"a","steps":[{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"}},{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"error":"timeout"}]}`, false},
	} {
		all, err := collect(scenario.Read(strings.NewReader(test.file)))
		if err != nil {
			t.Fatal(err)
		}
		if got := all[0].Scored(); got != test.want {
			t.Errorf("%s: Scored() = %t, want %t", test.file, got, test.want)
		}
	}
}

// Every byte is one char in JSON, and comes back.
func TestBytes(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	data, err := json.Marshal(scenario.Bytes(all))
	if err != nil {
		t.Fatal(err)
	}
	var chars string
	if err := json.Unmarshal(data, &chars); err != nil {
		t.Fatal(err)
	}
	if got := []rune(chars); len(got) != 256 || got[0xe9] != 0xe9 {
		t.Errorf("Marshal = %s, want one char a byte", data)
	}
	var back scenario.Bytes
	if err := json.Unmarshal(data, &back); err != nil || string(back) != string(all) {
		t.Errorf("Unmarshal(%s) = %q, %v, want the same bytes", data, back, err)
	}
	if data, _ := scenario.Bytes("<&>").MarshalJSON(); string(data) != `"<&>"` {
		t.Errorf("MarshalJSON = %s, want <, & and > as they are", data)
	}
	var b scenario.Bytes
	if err := json.Unmarshal([]byte(`7`), &b); err == nil {
		t.Error("Unmarshal(7): no error, want one: bytes are a string")
	}
}

// A context becomes the request that a browser makes.
func TestStepRequest(t *testing.T) {
	const evil, bank = "https://evil.test/", "https://bank.test/"
	for _, test := range []struct {
		name              string
		ctx               scenario.Ctx
		method, initiator string
		documents         []string
		script            bool
	}{
		{"typed", scenario.Ctx{Kind: "navigate"}, "GET", "", nil, false},
		{"link", scenario.Ctx{Kind: "navigate", Initiator: evil}, "GET", evil, nil, false},
		{"post", scenario.Ctx{Kind: "navigate", Initiator: evil, Method: "POST"}, "POST", evil, nil, false},
		{"post-redirected", scenario.Ctx{Kind: "navigate", Method: "POST", RedirectFrom: []string{bank}}, "GET", "", nil, false},
		{"fetch", scenario.Ctx{Kind: "subresource", Top: evil}, "GET", "", []string{evil}, false},
		{"frame", scenario.Ctx{Kind: "iframe", Top: evil, Initiator: bank}, "GET", bank, []string{evil}, false},
		{"script", scenario.Ctx{Kind: "script"}, "GET", "", nil, true},
		{"put", scenario.Ctx{Kind: "subresource", Top: evil, Method: "PUT", RedirectFrom: []string{bank}}, "PUT", "", []string{evil}, false},
		{"put-303", scenario.Ctx{Kind: "subresource", Top: evil, Method: "PUT", RedirectFrom: []string{bank}, RedirectStatus: 303}, "GET", "", []string{evil}, false},
		{"post-307", scenario.Ctx{Kind: "navigate", Initiator: evil, Method: "POST", RedirectFrom: []string{bank}, RedirectStatus: 307}, "POST", evil, nil, false},
		{"websocket", scenario.Ctx{Kind: "websocket", Top: evil, Frames: frames(bank)}, "GET", "", []string{evil, bank}, false},
		{"frames", scenario.Ctx{Kind: "iframe", Top: evil, Frames: frames(bank, evil)}, "GET", "", []string{evil, bank, evil}, false},
		{"form-in-frame", scenario.Ctx{Kind: "iframe", Top: evil, Frames: frames(bank), Initiator: evil, Method: "POST"}, "POST", evil, []string{evil, bank}, false},
		{"framed-script", scenario.Ctx{Kind: "script", Top: evil, Frames: frames(evil, bank)}, "GET", "", []string{evil, evil}, true},
		{"srcdoc", scenario.Ctx{Kind: "subresource", Top: evil, Frames: frames(bank, "about:srcdoc", "about:blank")}, "GET", "", []string{evil, bank, bank, bank}, false},
		{"sandbox", scenario.Ctx{Kind: "subresource", Top: evil, Frames: []scenario.Frame{{URL: bank, Sandbox: new("allow-scripts")}, {URL: bank}}}, "GET", "", []string{evil, "", ""}, false},
		{"sandbox-same-origin", scenario.Ctx{Kind: "subresource", Top: evil, Frames: []scenario.Frame{{URL: bank, Sandbox: new("allow-same-origin allow-scripts")}}}, "GET", "", []string{evil, bank}, false},
		{"sandboxed-initiator", scenario.Ctx{Kind: "iframe", Top: evil, Initiator: bank, Sandbox: new("")}, "GET", "about:blank", []string{evil}, false},
		{"csp", scenario.Ctx{Kind: "navigate", Initiator: bank, CSP: "default-src *, img-src x; sandbox allow-forms"}, "GET", "about:blank", nil, false},
		{"csp-other", scenario.Ctx{Kind: "navigate", Initiator: bank, CSP: "sandbox allow-same-origin; x-sandbox"}, "GET", bank, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := (&scenario.Step{Op: "get", URL: bank, Ctx: test.ctx}).Request(jar.Chromium, jar.ThirdPartyAllowed)
			if r.URL.String() != bank || r.Method != test.method || r.Context.Script != test.script {
				t.Errorf("Request() = %s %s, script %t; want %s %s, script %t", r.Method, r.URL, r.Context.Script, test.method, bank, test.script)
			}
			initiator := ""
			if r.Context.Initiator != nil {
				initiator = r.Context.Initiator.String()
			}
			if initiator != test.initiator {
				t.Errorf("initiator %q, want %q", initiator, test.initiator)
			}
			var documents []string
			for _, d := range r.Context.Documents {
				if d == nil { // an opaque origin
					documents = append(documents, "")
					continue
				}
				documents = append(documents, d.String())
			}
			if !slices.Equal(documents, test.documents) {
				t.Errorf("documents %q, want %q", documents, test.documents)
			}
		})
	}
}

func frames(urls ...string) []scenario.Frame {
	var all []scenario.Frame
	for _, u := range urls {
		all = append(all, scenario.Frame{URL: u})
	}
	return all
}

// Steps that have no cookies for other reasons than the rules of a jar do not ask it.
func TestReplayWithoutCookies(t *testing.T) {
	const step = `{"op":%q,"url":"https://a.test/","lines":["a=1; SameSite=None; Secure"],"ctx":%s,"blocked":%t,"requests":%s}`
	for _, test := range []struct {
		name, ctx string
		blocked   bool
		requests  string
		want      bool // cookies are set, and sent
	}{
		{"include", `{"kind":"subresource","top":"https://b.test/"}`, false, `[]`, true},
		{"omit", `{"kind":"subresource","top":"https://a.test/","credentials":"omit"}`, false, `[]`, false},
		{"own origin", `{"kind":"subresource","top":"https://a.test/","credentials":"same-origin"}`, false, `[]`, true},
		{"other origin", `{"kind":"subresource","top":"https://a.test:444/","credentials":"same-origin"}`, false, `[]`, false},
		{"there and back", `{"kind":"subresource","top":"https://a.test/","credentials":"same-origin","redirect_from":["https://b.test/"]}`, false, `[]`, false},
		{"opaque origin", `{"kind":"subresource","top":"https://a.test/","csp":"sandbox","credentials":"same-origin"}`, false, `[]`, false},
		{"mixed content", `{"kind":"websocket","top":"https://b.test/"}`, true, `[]`, false},
		{"preflight refused", `{"kind":"subresource","top":"https://b.test/"}`, true, `[{"method":"OPTIONS","url":"https://a.test/"}]`, false},
		{"response unreadable", `{"kind":"subresource","top":"https://b.test/"}`, true, `[{"method":"GET","url":"https://a.test/"}]`, true},
		{"script", `{"kind":"script"}`, false, `[]`, true},
		{"sandboxed script", `{"kind":"script","top":"https://a.test/","frames":[{"url":"https://a.test/","sandbox":"allow-scripts"}]}`, true, `[]`, false},
		{"third party blocked", `{"kind":"iframe","top":"https://b.test/","block_third_party":true}`, false, `[]`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			typed := `{"op":%q,"url":"https://a.test/","lines":["b=1; SameSite=None; Secure"],"ctx":{"kind":"navigate"}}`
			it := fmt.Sprintf(step, "set", test.ctx, test.blocked, test.requests) + "," + fmt.Sprintf(typed, "get") + "," +
				fmt.Sprintf(typed, "set") + "," + fmt.Sprintf(step, "get", test.ctx, test.blocked, test.requests)
			all, err := collect(scenario.Read(strings.NewReader(`{"id":"a","steps":[` + it + `]}`)))
			if err != nil {
				t.Fatal(err)
			}
			results := all[0].Replay(jar.Chromium, jar.ThirdPartyAllowed, time.Unix(0, 0))
			if got := results[0].Got == "a=1"; got != test.want {
				t.Errorf("set: then a request has %q, want a cookie: %t", results[0].Got, test.want)
			}
			if got := results[1].Got != ""; got != test.want {
				t.Errorf("get: %q, want cookies: %t", results[1].Got, test.want)
			}
		})
	}
}

// The time of the recording is the clock of the replay, and a get step that wants
// nothing is reported and not missed.
func TestReplay(t *testing.T) {
	const file = `{"id":"a","now":"2020-01-01T00:00:00Z","steps":[` +
		`{"op":"set","url":"https://a.test/","lines":["a=1; Expires=Thu, 02 Jan 2020 00:00:00 GMT"],"ctx":{"kind":"navigate"}},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"want":"a=1"},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"},"want":"b=1"},` +
		`{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"}}]}`
	all, err := collect(scenario.Read(strings.NewReader(file)))
	if err != nil {
		t.Fatal(err)
	}
	want := []scenario.Result{
		{ID: "a", Step: 1, Got: "a=1", Want: ptr("a=1"), OK: true},
		{ID: "a", Step: 2, Got: "a=1", Want: ptr("b=1"), OK: false},
		{ID: "a", Step: 3, Got: "a=1", Want: nil, OK: true},
	}
	later := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 2 { // each replay starts without cookies
		if diff := cmp.Diff(want, all[0].Replay(jar.Standard, jar.ThirdPartyAllowed, later)); diff != "" {
			t.Errorf("Replay (-want +got):\n%s", diff)
		}
	}
	all[0].Now = time.Time{}
	if got := all[0].Replay(jar.Standard, jar.ThirdPartyAllowed, later)[0]; got.Got != "" {
		t.Errorf("Replay at %v: got %q, want none: without a time of its own it is the caller's", later, got.Got)
	}
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("../../testdata/scenarios/samesite.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data[:2000]))
	f.Add(`{"id":"a","steps":[{"op":"get","url":"https://a.test/","ctx":{"kind":"navigate"}}]}`)
	f.Add(`{"id":"a","steps":[{"op":"set","url":"wss://a.test/","lines":["a=1"],"ctx":{"kind":"websocket","top":"https://a.test/","csp":"sandbox x",` +
		`"frames":[{"url":"about:srcdoc","sandbox":""}],"initiator":"https://b.test/","credentials":"same-origin","redirect_from":[""],"block_third_party":true}}]}`)
	f.Fuzz(func(t *testing.T, file string) {
		for s, err := range scenario.Read(strings.NewReader(file)) {
			if err != nil {
				return
			}
			s.Replay(jar.Standard, jar.ThirdPartyAllowed, time.Unix(0, 0))
		}
	})
}
