// Package inspect tests the page of uacookie/jar/inspect in a real Chromium.
package inspect

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/inspect"
	"uacookie/testdata/browsers/devtools"
)

// browser is the Chromium of all tests. The first test that needs it starts it.
var browser struct {
	sync.Once
	*devtools.Browser
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.Browser != nil {
		browser.Close()
	}
	os.Exit(code)
}

// A tab is a page of the browser, with the errors in its console.
type tab struct {
	*devtools.Page
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	errors []string
}

// open opens a tab. It skips the test if there is no Chromium.
func open(t *testing.T) *tab {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skipf("THE PAGE IS NOT TESTED IN A BROWSER: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	browser.Do(func() {
		browser.Browser, browser.err = devtools.Start(ctx, "chromium",
			"--host-resolver-rules=MAP *.test 127.0.0.1", "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable")
	})
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	tab := &tab{t: t, ctx: ctx}
	var err error
	if tab.Page, err = browser.NewPage(ctx, devtools.PageOptions{Window: true, Heard: tab.heard}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := tab.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	for _, domain := range []string{"Runtime.enable", "Log.enable"} {
		tab.do(domain, nil, nil)
	}
	return tab
}

// heard records the errors in the console of the tab.
func (b *tab) heard(m devtools.Message) {
	var e struct {
		Type             string
		Entry            struct{ Level, Text, URL string }
		ExceptionDetails struct{ Text string }
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case m.Method == "Runtime.consoleAPICalled" && (e.Type == "error" || e.Type == "warning"),
		m.Method == "Runtime.exceptionThrown",
		m.Method == "Log.entryAdded" && e.Entry.Level != "info" && e.Entry.Level != "verbose",
		m.Method == "Page.javascriptDialogOpening":
		b.errors = append(b.errors, m.Method+": "+string(m.Params))
	}
}

// clean fails the test if the console has an error.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.errors {
		b.t.Errorf("the console shows %s", e)
	}
}

func (b *tab) do(method string, params, result any) {
	b.t.Helper()
	if err := b.Call(b.ctx, method, params, result); err != nil {
		b.t.Fatal(err)
	}
}

// visit navigates to an address, as if typed.
func (b *tab) visit(url string) {
	b.t.Helper()
	if err := b.Enter(b.ctx, url); err != nil {
		b.t.Fatal(err)
	}
}

// eval evaluates JavaScript, awaits its result, and returns it as text.
func (b *tab) eval(js string) string {
	b.t.Helper()
	s, err := b.Evaluate(b.ctx, "(async () => String(await ("+js+")))()")
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return s
}

// wait waits until a JavaScript condition is true, without polling.
func (b *tab) wait(condition string) {
	b.t.Helper()
	_, err := b.Evaluate(b.ctx, `new Promise(resolve => {
		const done = () => { if (`+condition+`) { resolve(""); return true } };
		if (done()) return;
		new MutationObserver((_, o) => { if (done()) o.disconnect() })
			.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
	})`)
	if err != nil {
		b.t.Fatalf("waiting for %s: %v\nthe page has %s", condition, err, b.text())
	}
}

// text returns the text of the page, for messages.
func (b *tab) text() string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), 5*time.Second)
	defer cancel()
	s, _ := b.Evaluate(ctx, "document.body.innerText")
	return s
}

// keys are the codes of the keys that tests press.
var keys = map[string]int{"Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "Enter": 13, "/": 191}

// press presses keys.
func (b *tab) press(names ...string) {
	b.t.Helper()
	for _, name := range names {
		key := map[string]any{"type": "keyDown", "key": name, "windowsVirtualKeyCode": keys[name]}
		switch name {
		case "Enter":
			key["text"] = "\r"
		case "/":
			key["text"] = name
		}
		b.do("Input.dispatchKeyEvent", key, nil)
		b.do("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": name, "windowsVirtualKeyCode": keys[name]}, nil)
	}
}

// enter types text into the focused element.
func (b *tab) enter(text string) {
	b.t.Helper()
	b.do("Input.insertText", map[string]any{"text": text}, nil)
}

// A site is a server on loopback, with its answers.
type site struct {
	url string // the URL of the page

	mu      sync.Mutex
	answers []string // method, path and status
}

// serve serves the page about j below a path.
func serve(t *testing.T, j *jar.Jar, o *inspect.Options) *site {
	t.Helper()
	h := inspect.New(j, o)
	site := new(site)
	mux := http.NewServeMux()
	stripped := http.StripPrefix("/debug/cookies", h) // mounted this way, the page does not know its path
	mux.HandleFunc("/debug/cookies/", func(w http.ResponseWriter, r *http.Request) {
		n := &noted{w, 200}
		stripped.ServeHTTP(n, r)
		site.mu.Lock()
		defer site.mu.Unlock()
		site.answers = append(site.answers, fmt.Sprint(r.Method, " ", r.URL.Path, " ", n.status))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(func() {
		h.Close()
		s.Close()
	})
	site.url = s.URL + "/debug/cookies/"
	return site
}

// answered returns the number of times that a request got an answer.
func (s *site) answered(what string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.answers {
		if a == what {
			n++
		}
	}
	return n
}

// noted records the status of an answer.
type noted struct {
	http.ResponseWriter
	status int
}

func (n *noted) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }

// receive passes lines from a URL to j, and returns the number of cookies stored.
func receive(t *testing.T, j *jar.Jar, u string, lines ...string) (stored int) {
	t.Helper()
	for _, v := range j.Receive(&jar.Request{URL: testkit.URL(t, u)}, lines) {
		if v.OK() {
			stored++
		}
	}
	return stored
}
