package clients

import (
	"context"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/mxschmitt/playwright-go"
	"github.com/valyala/fasthttp"

	"uacookie/jar"
)

// server is the server of all tests.
var server *Server

func TestMain(m *testing.M) {
	s, err := NewServer()
	if err != nil {
		log.Fatal(err)
	}
	server = s
	code := m.Run()
	s.Close()
	os.Exit(code)
}

// The faces of the jar that a client can use.
const (
	faceJar       = "`http.CookieJar`"
	faceTransport = "`Transport`"
	faceMethods   = "`Header`, `Receive`"
	faceFile      = "`cookiefile`"
)

// A client is a row of the table in README.md. The test measures all that it does not state.
type client struct {
	name   string // the text of the link
	file   string // with the code
	glue   string // the function with the glue
	module string // its module; "" for the standard library
	face   string
	proto  string // that the server must have seen
	lost   []string
	note   string
	visit  func(*testing.T, *jar.Jar) (string, error)
}

type visit = func(context.Context, *Server, *jar.Jar) (string, error)

// plain returns a function that visits the server without a browser.
func plain(v visit) func(*testing.T, *jar.Jar) (string, error) {
	return func(t *testing.T, j *jar.Jar) (string, error) { return v(t.Context(), server, j) }
}

var clients = []client{
	{name: "net/http", file: "nethttp.go", glue: "NetHTTPJar", face: faceJar, proto: "HTTP/2.0",
		lost: []string{"JSON", "spaced", "UTF-8", "Latin-1", "nameless"},
		note: "net/http drops these or, with a space, adds quotes", visit: plain(NetHTTPJar)},
	{name: "net/http", file: "nethttp.go", glue: "NetHTTP", face: faceTransport, proto: "HTTP/2.0", visit: plain(NetHTTP)},
	{name: "colly v2", file: "colly.go", glue: "Colly", module: "github.com/gocolly/colly/v2", face: faceTransport, proto: "HTTP/2.0",
		note: "`DisableCookies()`", visit: plain(Colly)},
	{name: "resty v2", file: "resty.go", glue: "RestyV2", module: "github.com/go-resty/resty/v2", face: faceTransport, proto: "HTTP/2.0",
		note: "`SetCookieJar(nil)`", visit: plain(RestyV2)},
	{name: "resty v3", file: "resty.go", glue: "RestyV3", module: "resty.dev/v3", face: faceTransport, proto: "HTTP/2.0",
		note: "`SetCookieJar(nil)`", visit: plain(RestyV3)},
	{name: "req v3", file: "req.go", glue: "Req", module: "github.com/imroc/req/v3", face: faceTransport, proto: "HTTP/2.0",
		note: "`SetCookieJar(nil)`; its own transport is wrapped", visit: plain(Req)},
	{name: "go-retryablehttp", file: "retryablehttp.go", glue: "Retryable", module: "github.com/hashicorp/go-retryablehttp", face: faceTransport, proto: "HTTP/2.0",
		visit: plain(Retryable)},
	{name: "x/oauth2", file: "oauth2.go", glue: "OAuth2", module: "golang.org/x/oauth2", face: faceTransport, proto: "HTTP/2.0",
		visit: plain(OAuth2)},
	{name: "go-vcr v4", file: "vcr.go", glue: "VCR", module: "gopkg.in/dnaeon/go-vcr.v4", face: faceTransport, proto: "HTTP/2.0",
		note: "cassettes contain values", visit: plain(VCR)},
	{name: "otelhttp", file: "otelhttp.go", glue: "OTel", module: "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", face: faceTransport, proto: "HTTP/2.0",
		visit: plain(OTel)},
	{name: "x/net/http2", file: "http2.go", glue: "HTTP2", module: "golang.org/x/net", face: faceTransport, proto: "HTTP/2.0", visit: plain(HTTP2)},
	{name: "quic-go http3", file: "http3.go", glue: "HTTP3", module: "github.com/quic-go/quic-go", face: faceTransport, proto: "HTTP/3.0", visit: plain(HTTP3)},
	{name: "coder/websocket", file: "coder.go", glue: "Coder", module: "github.com/coder/websocket", face: faceTransport, proto: "HTTP/1.1", visit: plain(Coder)},
	{name: "gorilla/websocket", file: "gorilla.go", glue: "Gorilla", module: "github.com/gorilla/websocket", face: faceMethods, proto: "HTTP/1.1",
		note: "its field `Jar` loses bytes; it follows no redirects", visit: plain(Gorilla)},
	{name: "fasthttp", file: "fasthttp.go", glue: "do", module: "github.com/valyala/fasthttp", face: faceMethods, proto: "HTTP/1.1",
		note: "`DisableSpecialHeader()`; a loop for redirects", visit: plain(FastHTTP)},
	{name: "chromedp, in", file: "chromedp.go", glue: "intoBrowser", module: "github.com/chromedp/chromedp", face: faceFile, proto: "HTTP/2.0",
		lost: []string{"Latin-1"}, note: "the protocol is UTF-8; left out with an error", visit: inChromium(ChromeIn)},
	{name: "chromedp, out", file: "chromedp.go", glue: "outOfBrowser", module: "github.com/chromedp/chromedp", face: faceFile, proto: "HTTP/2.0",
		lost: []string{"Latin-1"}, note: "Chromium drops the bytes silently", visit: inChromium(ChromeOut)},
	{name: "playwright-go, in", file: "playwright.go", glue: "writeState", module: "github.com/mxschmitt/playwright-go", face: faceFile, proto: "HTTP/2.0",
		lost: []string{"Latin-1"}, note: "storageState; left out with an error", visit: inPlaywright(PlaywrightIn)},
	{name: "playwright-go, out", file: "playwright.go", glue: "readState", module: "github.com/mxschmitt/playwright-go", face: faceFile, proto: "HTTP/2.0",
		lost: []string{"Latin-1"}, note: "storageState; Chromium drops the bytes silently", visit: inPlaywright(PlaywrightOut)},
}

// Each client gets behind the login, and the server gets from it each cookie as it was set,
// but for those that the client cannot keep. The row in README.md says the same.
func TestClients(t *testing.T) {
	for i := range clients {
		c := &clients[i]
		t.Run(c.name+"/"+c.glue, func(t *testing.T) {
			var j jar.Jar
			server.Forget()
			page, err := c.visit(t, &j)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(page, Page) {
				t.Errorf("the page is %q, want %q in it", page, Page)
			}
			cookie, proto := server.Got()
			if proto != c.proto {
				t.Errorf("the last request was %s, want %s", proto, c.proto)
			}
			var lost []string
			pairs := strings.Split(cookie, "; ")
			for _, k := range Kinds {
				if !slices.Contains(pairs, k.Pair) {
					lost = append(lost, k.Name)
				}
			}
			if !slices.Equal(lost, c.lost) {
				t.Errorf("of the cookies, %q came changed or not at all, want %q\nCookie: %q", lost, c.lost, cookie)
			}
			if len(lost) == 0 && len(pairs) != len(Kinds) {
				t.Errorf("Cookie: %q has %d cookies, want %d", cookie, len(pairs), len(Kinds))
			}
			compare(t, c)
		})
	}
}

// inChromium returns a function that visits the server in Chromium. It skips the test if
// Chromium is not installed.
func inChromium(v visit) func(*testing.T, *jar.Jar) (string, error) {
	return func(t *testing.T, j *jar.Jar) (string, error) {
		path, err := exec.LookPath("chromium")
		if err != nil {
			t.Skip("NOT TESTED: chromedp: install chromium")
		}
		ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.IgnoreCertErrors)...)
		defer cancel()
		ctx, cancel = chromedp.NewContext(ctx)
		defer cancel()
		defer chromedp.Cancel(ctx)
		page, err := v(ctx, server, j)
		return page, leftOut(t, err)
	}
}

// inPlaywright returns a function that visits the server in a browser of Playwright. It skips
// the test if the driver or the browser is missing.
func inPlaywright(v func(context.Context, playwright.Browser, *Server, *jar.Jar) (string, error)) func(*testing.T, *jar.Jar) (string, error) {
	return func(t *testing.T, j *jar.Jar) (string, error) {
		path, err := exec.LookPath("chromium")
		if err != nil {
			t.Skip("NOT TESTED: playwright-go: install chromium")
		}
		if os.Getenv("PLAYWRIGHT_DRIVER_PATH") == "" {
			t.Skip("NOT TESTED: playwright-go: set PLAYWRIGHT_DRIVER_PATH and PLAYWRIGHT_NODEJS_PATH, see README.md")
		}
		p, err := playwright.Run()
		if err != nil {
			t.Fatal(err)
		}
		defer p.Stop()
		b, err := p.Chromium.Launch(playwright.BrowserTypeLaunchOptions{
			ExecutablePath: &path, Args: []string{"--no-sandbox"},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		page, err := v(t.Context(), b, server, j)
		return page, leftOut(t, err)
	}
}

// leftOut returns err, or nil if err is only about the cookie that is not UTF-8.
func leftOut(t *testing.T, err error) error {
	if err != nil && strings.Count(err.Error(), "\n") == 0 && strings.Contains(err.Error(), `"drink"`) {
		t.Log(err)
		return nil
	}
	return err
}

// With its special headers, fasthttp drops cookies from the header that it is given.
func TestFastHTTPDropsCookies(t *testing.T) {
	var req fasthttp.Request
	req.Header.Set("Cookie", `a=1; city=Žilina; b={"c":"d"}`)
	if got, want := string(req.Header.Peek("Cookie")), "a=1; city=Žilina"; got != want {
		t.Errorf("fasthttp makes the header %q, want %q: if it keeps all, glue in fasthttp.go is not needed", got, want)
	}
}
