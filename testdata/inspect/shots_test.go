package inspect

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"uacookie/internal/testkit"
	"uacookie/jar"
	"uacookie/jar/inspect"
)

var shots = flag.String("shots", "", "`directory` to write pictures of the page to")

// look sets the size of the tab, and a light or a dark scheme.
func (b *tab) look(scheme string, width, height int) {
	b.t.Helper()
	b.do("Emulation.setEmulatedMedia", map[string]any{
		"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}},
	}, nil)
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
	}, nil)
}

// shoot takes a screenshot of the tab.
func (b *tab) shoot(name string) {
	b.t.Helper()
	var shot struct{ Data string }
	b.do("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		b.t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small(picture)); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name), out.Bytes(), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// small returns an image with a palette of the 256 most important colors. It takes a third of
// the bytes and looks as good. A more colorful color needs fewer pixels to be important.
func small(picture image.Image) image.Image {
	bounds, weight := picture.Bounds(), make(map[color.RGBA]int)
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			c := color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA)
			weight[c] += 1 + int(max(c.R, c.G, c.B)-min(c.R, c.G, c.B))
		}
	}
	var colors color.Palette
	for _, c := range slices.SortedFunc(maps.Keys(weight), func(a, b color.RGBA) int { return cmp.Compare(weight[b], weight[a]) }) {
		if len(colors) < 256 {
			colors = append(colors, c)
		}
	}
	paletted := image.NewPaletted(bounds, colors)
	draw.Draw(paletted, bounds, picture, image.Point{}, draw.Src)
	return paletted
}

// With -shots, the test takes screenshots of the page about a jar in use.
func TestShots(t *testing.T) {
	if *shots == "" {
		t.Skip("no -shots")
	}
	var j jar.Jar
	fill(t, &j)
	s, b := serve(t, &j, &inspect.Options{AllowDelete: true}), open(t)
	for _, scheme := range []string{"light", "dark"} {
		b.look(scheme, 1280, 800)
		b.visit(s.url)
		b.wait(live)
		use(t, &j)
		b.wait(`document.querySelectorAll(".decision").length >= 12`)
		b.eval(`[...document.querySelectorAll("#list td.name a")].find((a) => a.textContent === "__Host-session").click()`)
		b.wait(`document.getElementById("d-value")`)
		b.shoot("inspect-" + scheme + ".png")
	}
	b.visit(s.url + "explain?url=https://shop.example/account/&documents=https://news.example/")
	b.eval(`document.querySelector("summary").click()`)
	b.shoot("inspect-explain.png")
	b.clean()
}

// fill fills a jar with cookies such as a person's browser has.
func fill(t *testing.T, j *jar.Jar) {
	receive(t, j, "https://shop.example/account/", "__Host-session=7c0f4b9e2d51; Secure; HttpOnly; Path=/; SameSite=Lax",
		"theme=dark; Path=/; Max-Age=31536000", "csrf=91ab; Secure; SameSite=Strict; Path=/account",
		"consent=analytics.no; Domain=shop.example; Max-Age=15552000; Path=/", "cart=3; Path=/cart; Max-Age=259200")
	receive(t, j, "https://www.shop.example/", "ab_test=b; Max-Age=600; SameSite=Lax")
	receive(t, j, "https://news.example/", "visitor=4711; Max-Age=86400; SameSite=Lax", "reader=quiet; Domain=news.example; Secure; Max-Age=2592000")
	receive(t, j, "https://login.example/", "sso=0123456789; Secure; HttpOnly; SameSite=None; Max-Age=7200")
	receive(t, j, "https://intranet.example.co.uk/wiki/", "wiki_last=Main; Path=/wiki; Max-Age=1209600")
	tracked := &jar.Request{URL: testkit.URL(t, "https://pixel.tracker.example/i.gif"), Context: &jar.Context{Documents: []*url.URL{testkit.URL(t, "https://news.example/")}}}
	j.Receive(tracked, []string{"uid=a81c; Secure; SameSite=None; Partitioned; Path=/; Max-Age=34560000"})
	for i := range 140 {
		receive(t, j, "https://weather.example/", fmt.Sprintf("pref%03d=%d; Max-Age=%d", i, i, 3600*(i+1)))
	}
}

// use makes requests with the jar of fill.
func use(t *testing.T, j *jar.Jar) {
	shop := []*url.URL{testkit.URL(t, "https://news.example/story")}
	receive(t, j, "http://shop.example/login", "session=forged; Secure", "theme=light; Path=/", "__Host-session=forged")
	j.Header(&jar.Request{URL: testkit.URL(t, "https://shop.example/account/settings")})
	j.Header(&jar.Request{URL: testkit.URL(t, "http://news.example/")})
	j.Header(&jar.Request{URL: testkit.URL(t, "https://shop.example/account/"), Context: &jar.Context{Documents: shop}})
	receive(t, j, "https://news.example/", "all=1; Domain=example")
}
