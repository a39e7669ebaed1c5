package inspect

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/inspect"
)

// live is a JavaScript condition: the page is receiving decisions.
const live = `document.getElementById("live").textContent === "live"`

// names is a JavaScript expression for the names of the cookies that the page lists.
const names = `[...document.querySelectorAll("#list td.name a")].map((a) => a.textContent).join(" ")`

// decisions is a JavaScript expression for the decisions that the page lists.
const decisions = `[...document.querySelectorAll(".decision:not([hidden])")].map((d) =>
	d.querySelector(".outcome").textContent + ":" + d.querySelector(".name").textContent).join(" ")`

// Each page, in a light and a dark scheme, wide and narrow, has no errors in the console.
func TestConsole(t *testing.T) {
	var j jar.Jar
	receive(t, &j, "https://example.com/", "a=1; Secure", "b=2; Max-Age=60")
	s, b := serve(t, &j, &inspect.Options{AllowDelete: true}), open(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{1280, 400} {
			b.look(scheme, width, 800)
			b.visit(s.url)
			b.wait(live)
			for _, page := range []string{"?q=a&sort=-name", "?site=example.com", "explain", "explain?url=https://example.com/", "export"} {
				b.visit(s.url + page)
				if text := b.text(); !strings.Contains(text, "Cookies") {
					t.Errorf("%s: the page says %q", page, text)
				}
			}
		}
	}
	b.clean()
}

// The page shows all parts of a cookie as text, and never as HTML.
func TestHostile(t *testing.T) {
	var j jar.Jar
	s, b := serve(t, &j, &inspect.Options{AllowDelete: true}), open(t)
	b.visit(s.url)
	b.wait(live)
	const run = `<img src=x onerror=document.title="owned"><script>document.title="owned"</script>`
	// A name cannot contain an equals sign, and no part a semicolon.
	hostile := []string{
		`<script>document.write("owned")</script>=` + run + `; Path=/` + run,
		run + `=` + run,
		`"><svg/onload=document.title='owned'>=1`,
		`'onfocus=document.title='owned'autofocus='=1`,
		`{{.}}${document.write("owned")}=1`,
		`</title></table></script><script src=//attacker.test/x.js></script>=1`,
	}
	if stored := receive(t, &j, "https://example.com/", hostile...); stored != len(hostile) {
		t.Fatalf("%d cookies were stored, want %d", stored, len(hostile))
	}
	j.Header(&jar.Request{URL: testkit.URL(t, "https://example.com/"+run)})
	b.wait(`document.querySelectorAll("#list td.name a").length === 6 && document.querySelectorAll(".decision").length >= 11`)
	check := func(where string) {
		t.Helper()
		if got := b.eval("document.title"); got != "Cookies" && got != "Explain a request" {
			t.Errorf("%s: the page ran script from a cookie", where)
		}
		if got := b.eval(`document.querySelectorAll("main img, svg, iframe, [onerror], [onload], [onfocus], script:not([src='script.js'])").length`); got != "0" {
			t.Errorf("%s: %s elements come from a cookie, want none", where, got)
		}
	}
	check("the live page")
	for i := range hostile {
		b.eval(fmt.Sprintf(`document.querySelectorAll("#list .value a")[%d].click()`, i))
		b.wait(fmt.Sprintf(`document.querySelectorAll("#list tr")[%d].className === "selected" && document.querySelector(".secret")`, i+1))
		check("a cookie in full")
	}
	b.visit(b.eval(`location.href`))
	check("the page loaded with a cookie in full")
	if got := b.eval(names); !strings.Contains(got, `<script>document.write("owned")</script>`) || !strings.Contains(got, "<img src") {
		t.Errorf("the page lists %q, want the names unchanged", got)
	}
	b.visit(s.url + "explain?url=https://example.com/%3Cimg%20src=x%20onerror=document.title=%22owned%22%3E%3Cscript%3Edocument.title=%22owned%22%3C/script%3E")
	check("a request explained")
	b.clean()
}

// The page shows decisions when they are made, and cookies when they change.
func TestLive(t *testing.T) {
	var j jar.Jar
	receive(t, &j, "https://example.com/", "before=1")
	s, b := serve(t, &j, nil), open(t)
	b.visit(s.url)
	b.wait(live)
	receive(t, &j, "http://shop.example/", "kept=secret-value", "refused=secret-value; Secure")
	b.wait(decisions + ` === "stored:kept refused:refused"`)
	b.wait(names + ` === "before kept"`)
	j.Header(&jar.Request{URL: testkit.URL(t, "http://shop.example/")})
	b.wait(decisions + ` === "stored:kept refused:refused sent:kept"`)
	log := b.eval(`document.getElementById("log").innerText`)
	for _, want := range []string{"GET http://shop.example/", "insecure-origin", "A Secure cookie can be set over https only.", "RFC 6265bis, Section 5.7, step 13", "shop.example/"} {
		if !strings.Contains(log, want) {
			t.Errorf("the decisions lack %q:\n%s", want, log)
		}
	}
	if strings.Contains(b.eval("document.documentElement.outerHTML"), "secret-value") {
		t.Error("a value is on the page")
	}

	// Of many decisions about one response, the page shows the first, and the number of the
	// others.
	flood := make([]string, 1100)
	for i := range flood {
		flood[i] = fmt.Sprintf("f%d=1", i)
	}
	j.Receive(&jar.Request{URL: testkit.URL(t, "http://flood.example/")}, flood)
	b.wait(`document.querySelector(".more")?.textContent === "and 1,000 more of the same response"`)

	// The list can be filtered by decision and by words.
	b.eval(`(which.value = "refused withheld", which.dispatchEvent(new Event("change")))`)
	b.wait(decisions + ` === "refused:refused"`)
	b.eval(`(which.value = "", which.dispatchEvent(new Event("change")), find.value = "sent shop", find.dispatchEvent(new Event("input")))`)
	b.wait(decisions + ` === "sent:kept"`)
	b.eval(`(find.value = "", find.dispatchEvent(new Event("input")))`)

	// While the list is paused, new decisions do not appear.
	b.eval(`pause.click()`)
	receive(t, &j, "http://shop.example/", "later=1")
	b.wait(`document.getElementById("recorded").textContent.includes("1 more since the pause")`)
	if got := b.eval(decisions); strings.Contains(got, "later") {
		t.Errorf("while paused, the page shows %s", got)
	}
	b.eval(`pause.click()`)
	b.wait(decisions + `.endsWith("stored:later")`)

	// The explanation of a request shows its recorded decisions.
	b.visit(b.eval(`document.querySelector(".log .request a").href`))
	if text := b.text(); !strings.Contains(text, "2 sent, 0 withheld") {
		t.Errorf("the explanation says %q", text)
	}
	b.clean()
}

// In a window of 1280 pixels, beside the details of a cookie, the columns up to SameSite and
// whole decisions are visible, even if names are long.
func TestNarrow(t *testing.T) {
	long := strings.Repeat("long", 30)
	for _, tt := range []struct{ id, url, line string }{
		{"short", "https://shop.example/", "a=1; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000"},
		{"long name", "https://shop.example/", long + "=1; Secure; HttpOnly; SameSite=Strict; Max-Age=34560000"},
		{"long domain", "https://" + long[:60] + "." + long[:60] + ".example/", "a=1; Secure; HttpOnly; SameSite=Lax"},
		{"long path", "https://shop.example/" + long, "a=1; Secure; HttpOnly; SameSite=None; Path=/" + long},
		{"all long", "https://" + long[:60] + ".example/" + long + "/", long + "=" + long + "; Secure; HttpOnly; Max-Age=34560000; SameSite=Strict"},
	} {
		t.Run(tt.id, func(t *testing.T) {
			var j jar.Jar
			if receive(t, &j, tt.url, tt.line) != 1 {
				t.Fatal("the cookie was refused")
			}
			s, b := serve(t, &j, nil), open(t)
			for _, scheme := range []string{"light", "dark"} {
				b.look(scheme, 1280, 800)
				b.visit(s.url)
				b.wait(live)
				j.Header(&jar.Request{URL: testkit.URL(t, strings.Replace(tt.url, "https", "http", 1))})
				b.eval(`document.querySelector("#list td.name a").click()`)
				b.wait(`!document.getElementById("detail").hidden && document.querySelector(".decision .explanation")`)
				for _, column := range []string{"name", "value", "domain", "path", "flags", "samesite"} {
					got := b.eval(`[...document.querySelectorAll("#list th.` + column + `, #list td.` + column + `")].map((cell) => {
						const r = cell.getBoundingClientRect(), list = document.getElementById("list").getBoundingClientRect();
						return r.width > 0 && r.left >= list.left && r.right <= list.left + document.getElementById("list").clientWidth;
					}).join(" ")`)
					if got != "true true" {
						t.Errorf("%s: the column %s is visible: %s, want true for its heading and its cell", scheme, column, got)
					}
				}
				if got := b.eval(`(() => { const e = document.querySelector(".decision .why"); return e.scrollWidth <= e.clientWidth })()`); got != "true" {
					t.Errorf("%s: the reason of a decision is cut off", scheme)
				}
			}
			b.clean()
		})
	}
}

// Filtering, sorting, sites and the details of cookies work without reloading and with the
// keyboard alone, and the address reflects them.
func TestFilter(t *testing.T) {
	var j jar.Jar
	receive(t, &j, "https://shop.example/", "cart=12345", "theme=1; Secure")
	receive(t, &j, "https://news.example/", "visitor=123; SameSite=Lax")
	s, b := serve(t, &j, nil), open(t)
	b.visit(s.url)
	b.eval(`document.body.stays = "here"`)
	b.press("/")
	b.enter("shop")
	b.wait(names + ` === "cart theme"`)
	b.enter(" is:secure")
	b.wait(names + ` === "theme"`)
	b.wait(`location.search === "?q=shop+is%3Asecure"`)
	b.enter(" is:cool")
	b.wait(`document.querySelector("#state .error")?.textContent.startsWith("is:cool: want")`)
	b.eval(`(q.value = "", q.dispatchEvent(new Event("input", {bubbles: true})))`)
	b.wait(names + ` === "visitor cart theme"`)
	if got := b.eval("document.activeElement.id"); got != "q" {
		t.Errorf("after typing, the focus is on %q, want the filter", got)
	}

	b.eval(`document.getElementById("h-name").click()`)
	b.wait(names + ` === "cart theme visitor"`)
	b.eval(`document.getElementById("h-name").click()`)
	b.wait(names + ` === "visitor theme cart"`)
	b.eval(`document.getElementById("s-shop.example").click()`)
	b.wait(names + ` === "theme cart"`)

	b.eval(`q.focus()`)
	b.press("ArrowDown", "ArrowDown", "Enter")
	b.wait(`document.querySelector("#detail h2")?.textContent.startsWith("cart")`)
	if got := b.eval(`document.getElementById("detail").innerText`); strings.Contains(got, "12345") || !strings.Contains(got, "9 of 4,096 bytes") {
		t.Errorf("the details of the cookie are %q", got)
	}
	b.eval(`document.getElementById("d-value").click()`)
	b.wait(`document.querySelector(".secret")?.textContent === "12345"`)
	b.press("Escape")
	b.wait(`document.getElementById("detail").hidden`)
	b.eval(`history.back()`)
	b.wait(`document.querySelector(".secret")?.textContent === "12345"`)
	if got := b.eval("document.body.stays"); got != "here" {
		t.Error("the page was loaded anew")
	}
	b.clean()
}

// Without scripts, links and forms do the same.
func TestWithoutScript(t *testing.T) {
	var j jar.Jar
	receive(t, &j, "https://shop.example/", "cart=12345", "theme=1")
	s, b := serve(t, &j, &inspect.Options{AllowDelete: true}), open(t)
	b.do("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.visit(s.url + "?q=cart")
	click := func(selector string) {
		t.Helper()
		if err := b.Navigate(b.ctx, func() error {
			_, err := b.Evaluate(b.ctx, `document.querySelector("`+selector+`").click()`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	click("td.name a")
	click("#d-value")
	if got := b.text(); !strings.Contains(got, "12345") {
		t.Errorf("the value is not shown: %q", got)
	}
	click("button[form=delete-cookie]")
	if got := b.text(); j.Len() != 1 || !strings.Contains(got, "0 found") {
		t.Errorf("%d cookies are left, want 1; the page says %q", j.Len(), got)
	}
	b.clean()
}

// The page can delete cookies if that is enabled, and no other page can.
func TestDelete(t *testing.T) {
	var j jar.Jar
	receive(t, &j, "https://shop.example/", "cart=1", "theme=1")
	receive(t, &j, "https://news.example/", "a=1", "b=1")
	receive(t, &j, "https://other.example/", "c=1")
	s, b := serve(t, &j, &inspect.Options{AllowDelete: true}), open(t)
	b.visit(s.url + "?sort=name")
	b.eval(`document.body.stays = "here"`)
	b.eval(`document.querySelector("#list td.name a").click()`)
	b.wait(`document.querySelector("#detail h2")?.textContent.startsWith("a")`)
	b.eval(`document.querySelector("button[form=delete-cookie]").click()`)
	b.wait(names + ` === "b c cart theme"`)
	b.eval(`document.getElementById("s-shop.example").click()`)
	b.wait(names + ` === "cart theme"`)
	b.eval(`document.querySelector("button[form=delete-site]").click()`)
	b.wait(names + ` === ""`)
	b.eval(`document.getElementById("s-").click()`)
	b.wait(names + ` === "b c"`)
	b.eval(`document.querySelector("button[form=clear]").click()`)
	b.wait(`document.querySelector(".empty")?.textContent.startsWith("The jar is empty")`)
	if j.Len() != 0 {
		t.Errorf("%d cookies are left", j.Len())
	}
	if got := b.eval("document.body.stays"); got != "here" {
		t.Error("the page was loaded anew")
	}
	b.clean()

	receive(t, &j, "https://other.example/", "c=1")
	reading := serve(t, &j, nil)
	b.visit(reading.url)
	if got := b.eval(`document.querySelectorAll("button.danger, form[method=post]").length`); got != "0" {
		t.Errorf("a read-only page has %s buttons to delete, want none", got)
	}
	if got := b.eval(`(await fetch("clear", {method: "POST"})).status`); got != "403" || j.Len() != 1 {
		t.Errorf("if it is not enabled, deleting has status %s and leaves %d cookies, want 403 and 1", got, j.Len())
	}
}

// Other origins cannot change, read or frame the page: not another site, not another port,
// and not another name that resolves to this machine.
func TestOtherOrigins(t *testing.T) {
	var j jar.Jar
	receive(t, &j, "https://other.example/", "c=1")
	s := serve(t, &j, &inspect.Options{AllowDelete: true})
	attacker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<iframe id="f" src="%[1]s"></iframe>
			<iframe name="t"></iframe><form id="p" target="t" method="post" action="%[1]sclear"></form>`, s.url)
	}))
	t.Cleanup(attacker.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(attacker.URL, "http://"), ":")
	for _, origin := range []string{attacker.URL, "http://attacker.test:" + port} {
		b := open(t)
		b.visit(origin)
		b.eval(`document.readyState === "complete" || new Promise((done) => addEventListener("load", done))`)
		before := s.answered("POST /debug/cookies/clear 403")
		b.eval(`new Promise((done) => { const t = document.querySelector("[name=t]"); t.onload = done; document.getElementById("p").submit() })`)
		if got := s.answered("POST /debug/cookies/clear 403") - before; got != 1 {
			t.Errorf("%s: a form was refused %d times, want once", origin, got)
		}
		b.eval(`fetch("` + s.url + `clear", {method: "POST", mode: "no-cors"}).catch(() => {})`)
		got := b.eval(`fetch("` + s.url + `export?format=json").then((r) => r.text(), () => "not read")`)
		if got != "not read" {
			t.Errorf("%s can read %q", origin, got)
		}
		if j.Len() != 1 {
			t.Fatalf("%s can delete", origin)
		}
	}
	if got := s.answered("GET /debug/cookies/ 403"); got != 2 {
		t.Errorf("a frame was refused %d times, want 2", got)
	}
	if got := s.answered("GET /debug/cookies/ 200") + s.answered("POST /debug/cookies/clear 303"); got != 0 {
		t.Errorf("other origins got %d answers", got)
	}

	// The name of another site that resolves to this machine.
	_, port, _ = strings.Cut(strings.TrimPrefix(s.url, "http://"), ":")
	b := open(t)
	b.visit("http://rebound.test:" + port)
	if got := b.text(); !strings.HasPrefix(got, "refused: the page is not served under this host name") {
		t.Errorf("by a name of another site, the page says %q", got)
	}

	// If a frame were answered, the browser would not show it.
	b = open(t)
	b.visit(s.url)
	if got := b.eval(`(await fetch("./")).headers.get("X-Frame-Options")`); got != "DENY" {
		t.Errorf("X-Frame-Options: %s, want DENY", got)
	}
	b.clean()
}

// At 100,000 cookies the first view is usable within two seconds.
func TestLargeJar(t *testing.T) {
	b := open(t)
	var j jar.Jar
	const sites, each = 20_000, 5
	for i := range sites {
		u := fmt.Sprintf("https://www.site%05d.example/", i)
		for k := range each {
			if receive(t, &j, u, fmt.Sprintf("name%d=%032d; Max-Age=%d; Secure; Path=/", k, i, 1000+i)) != 1 {
				t.Fatal("a cookie was refused")
			}
		}
	}
	s := serve(t, &j, nil)
	// The best of three, since other tests may be running on this machine.
	const most = 2 * time.Second * slower
	first := time.Hour
	for range 3 {
		start := time.Now()
		b.visit(s.url)
		b.wait(live)
		b.wait(`document.querySelectorAll("#list tbody tr").length === 200`)
		first = min(first, time.Since(start))
	}
	start := time.Now()
	b.press("/")
	b.enter("site19999")
	b.wait(`document.querySelectorAll("#list tbody tr").length === 5`)
	filtered := time.Since(start)
	t.Logf("%d cookies: first view after %v, filtered after %v", j.Len(), first, filtered)
	if first > most {
		t.Errorf("the first view took %v, want at most %v", first, most)
	}
	b.clean()
}

// A slowWorker is a worker with this lag.
type slowWorker struct{ lag atomic.Int64 }

func (w *slowWorker) Lag() time.Duration { return time.Duration(w.lag.Load()) }
func (w *slowWorker) HotSites() int      { return 3 }
func (w *slowWorker) Pending() int       { return 1234 }

// The page of a worker shows its state, as it changes.
func TestWorker(t *testing.T) {
	var j jar.Jar
	worker := new(slowWorker)
	s, b := serve(t, &j, &inspect.Options{Worker: worker}), open(t)
	b.look("light", 1280, 800)
	b.visit(s.url)
	const state = `document.getElementById("totals").innerText`
	b.wait(state + `.includes("1,234 pending") && ` + state + `.includes("3 hot sites") && ` + state + `.includes("lag: none")`)
	worker.lag.Store(int64(time.Minute))
	b.wait(state + `.includes("lag: 1m0s")`)
	receive(t, &j, "https://example.com/", "a=1")
	b.wait(state + `.includes("1 cookies") && ` + state + `.includes("lag: 1m0s")`)
	b.clean()
}
