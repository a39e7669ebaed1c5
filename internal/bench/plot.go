package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"

	"uacookie/jar"
)

// A point is the time of a Cookie header for a random known host.
type point struct {
	sites int
	times [len(faces)]float64 // nanoseconds, by face
}

// A face is a way to a jar, and a line of the plot.
type face struct {
	label string
	std   bool // the jar is net/http/cookiejar
}

// The faces. A request is a whole one, through http.Client with a base that answers at once.
var faces = [...]face{
	{"request, cookiejar in http.Client.Jar", true},
	{"request, uacookie in http.Client.Jar", false},
	{"request, uacookie in Transport", false},
	{"header alone, cookiejar and AddCookie", true},
	{"header alone, uacookie", false},
}

const sitesPlotted = 1_000_000

// measurePlot measures jars with 1, 10, ... sites of three cookies each.
func measurePlot() []point {
	var points []point
	std, own := newStd(), newOwn(false)
	lines := few(3)
	var sites []site
	buf := make([]byte, 0, 4096)
	base := canned{http.Header{"Content-Type": {"text/html"}}}
	for n := 1; n <= sitesPlotted; n *= 10 {
		for i := len(sites); i < n; i++ {
			s := newSite(fmt.Sprintf("https://www.site%d.com/a/b", i))
			stdJar{std}.set(s, lines)
			ownJar{own}.set(s, lines)
			sites = append(sites, s)
		}
		hosts := ask(sites, min(8*n, 1<<20))
		// Each side asks for the hosts in the same order.
		asking := func() (site, func() *url.URL) {
			asked, i := newSite(sites[0].url.String()), 0
			return asked, func() *url.URL {
				asked.url.Host = hosts[i%len(hosts)]
				i++
				return asked.url
			}
		}
		client := func(c *http.Client) func(int) {
			_, next := asking()
			return requests(c, next)
		}
		header := func(f func(site)) func(int) {
			asked, next := asking()
			return func(ops int) {
				for range ops {
					next()
					f(asked)
				}
			}
		}
		p := point{sites: n, times: measureTogether([len(faces)]func(int){
			client(&http.Client{Transport: base, Jar: std}),
			client(&http.Client{Transport: base, Jar: own}),
			client(&http.Client{Transport: &jar.Transport{Base: base, Jar: own}}),
			header(func(s site) { clientPath(std, s) }),
			header(func(s site) { buf = own.AppendHeader(buf[:0], s.request) }),
		})}
		points = append(points, p)
		for i, t := range p.times {
			fmt.Fprintf(os.Stderr, "%-40s sites: %-5s %s\n", faces[i].label, count(n), nanoseconds(t))
		}
	}
	return points
}

// measureTogether returns the times of all functions, measured in slices that alternate.
func measureTogether(all [len(faces)]func(int)) (times [len(faces)]float64) {
	var counts [len(faces)]int
	var each [len(faces)][]float64
	for i, f := range all {
		counts[i] = sides{}.count(f)
	}
	runtime.GC()
	for range pairs {
		for i, f := range all {
			each[i] = append(each[i], slice(f, counts[i]))
		}
	}
	for i := range times {
		times[i] = quantile(each[i], .5)
	}
	return times
}

// The size of the plot, in SVG units.
const (
	width, height = 760, 360
	left, right   = 70, 490
	top, bottom   = 50, 310
	fastest       = 1e2 // nanoseconds at the bottom
	slowest       = 1e5 // nanoseconds at the top
)

func plotX(sites int) float64 {
	return left + (right-left)*math.Log10(float64(sites))/math.Log10(sitesPlotted)
}

func plotY(t float64) float64 {
	return bottom - (bottom-top)*math.Log10(t/fastest)/math.Log10(slowest/fastest)
}

// plot returns the measured plot as SVG.
func plot() []byte { return draw(measurePlot()) }

func draw(points []point) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Time of a lookup by number of sites, for both jars and each face">
<style>
text { font: 13px system-ui, sans-serif; fill: #57606a } .title { font-weight: 600; fill: #24292f }
.grid { stroke: #d0d7de } .line { fill: none; stroke-width: 2.5 }
.std { stroke: #9a6700; fill: #9a6700 } .own { stroke: #0969da; fill: #0969da } text.std, text.own { stroke: none }
.line.request { stroke-dasharray: 6 3 }
@media (prefers-color-scheme: dark) { text { fill: #8b949e } .title { fill: #e6edf3 } .grid { stroke: #30363d }
.std { stroke: #d29922; fill: #d29922 } .own { stroke: #58a6ff; fill: #58a6ff } }
</style>
<text class="title" x="%d" y="24">A request to a known host, and its Cookie header alone: CPU time by number of sites</text>
`, width, height, left)
	for t := fastest; t <= slowest; t *= 10 {
		fmt.Fprintf(&b, "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n", left, plotY(t), right, plotY(t))
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", left-8, plotY(t)+4, nanoseconds(t))
	}
	for _, p := range points {
		fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", plotX(p.sites), bottom+22, count(p.sites))
	}
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">sites, of three cookies each</text>\n", (left+right)/2, bottom+42)
	y := labelsY(points[len(points)-1])
	for i, f := range faces {
		class := "own"
		if f.std {
			class = "std"
		}
		if i < 3 {
			class += " request"
		}
		drawLine(&b, points, i, class)
		fmt.Fprintf(&b, "<text class=\"%s\" x=\"%d\" y=\"%.1f\">%s</text>\n", class, right+10, y[i]+4, f.label)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// labelsY returns where the labels of the lines that end at p are: beside the end, but no two
// on top of each other.
func labelsY(p point) (y [len(faces)]float64) {
	var order [len(faces)]int
	for i, t := range p.times {
		order[i], y[i] = i, plotY(t)
	}
	slices.SortFunc(order[:], func(a, b int) int { return cmp.Compare(y[a], y[b]) })
	const apart = 17
	for k, i := range order[1:] {
		y[i] = max(y[i], y[order[k]]+apart)
	}
	return y
}

func drawLine(w io.Writer, points []point, face int, class string) {
	fmt.Fprintf(w, "<polyline class=\"line %s\" style=\"fill:none\" points=\"", class)
	for _, p := range points {
		fmt.Fprintf(w, "%.1f,%.1f ", plotX(p.sites), plotY(p.times[face]))
	}
	fmt.Fprintln(w, `"/>`)
	for _, p := range points {
		fmt.Fprintf(w, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s: %s</title></circle>\n",
			class, plotX(p.sites), plotY(p.times[face]), count(p.sites), nanoseconds(p.times[face]))
	}
}

// count formats a power of ten: 1000 as "1k".
func count(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprint(n/1_000_000, "M")
	case n >= 1000:
		return fmt.Sprint(n/1000, "k")
	}
	return fmt.Sprint(n)
}
