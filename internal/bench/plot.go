package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
)

// A point is the time of a Cookie header for a random known host.
type point struct {
	sites    int
	std, own float64 // nanoseconds
}

const sitesPlotted = 1_000_000

// measurePlot measures jars with 1, 10, ... sites of three cookies each.
func measurePlot() []point {
	var points []point
	std, own := newStd(), newOwn(false)
	lines := few(3)
	var sites []site
	buf := make([]byte, 0, 4096)
	for n := 1; n <= sitesPlotted; n *= 10 {
		for i := len(sites); i < n; i++ {
			s := newSite(fmt.Sprintf("https://www.site%d.com/a/b", i))
			stdJar{std}.set(s, lines)
			ownJar{own}.set(s, lines)
			sites = append(sites, s)
		}
		hosts := ask(sites, min(8*n, 1<<20))
		asked := newSite(sites[0].url.String())
		each := func(f func()) func(int) {
			i := 0
			return func(ops int) {
				for range ops {
					asked.url.Host = hosts[i%len(hosts)]
					f()
					i++
				}
			}
		}
		a, b := alternate(sides{
			std: each(func() { clientPath(std, asked) }),
			own: each(func() { buf = own.AppendHeader(buf[:0], asked.request) }),
		})
		points = append(points, point{n, quantile(a, .5), quantile(b, .5)})
		fmt.Fprintf(os.Stderr, "%d sites: std %s, uacookie %s\n", n, nanoseconds(quantile(a, .5)), nanoseconds(quantile(b, .5)))
	}
	return points
}

// The size of the plot, in SVG units.
const (
	width, height = 640, 360
	left, right   = 70, 600
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
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="Time of a lookup by number of sites, for both jars">
<style>
text { font: 13px system-ui, sans-serif; fill: #57606a } .title { font-weight: 600; fill: #24292f }
.grid { stroke: #d0d7de } .line { fill: none; stroke-width: 2.5 }
.std { stroke: #9a6700; fill: #9a6700 } .own { stroke: #0969da; fill: #0969da } text.std, text.own { stroke: none }
@media (prefers-color-scheme: dark) { text { fill: #8b949e } .title { fill: #e6edf3 } .grid { stroke: #30363d }
.std { stroke: #d29922; fill: #d29922 } .own { stroke: #58a6ff; fill: #58a6ff } }
</style>
<text class="title" x="%d" y="24">The Cookie header for a known host: time by number of sites</text>
`, width, height, left)
	for t := fastest; t <= slowest; t *= 10 {
		fmt.Fprintf(&b, "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n", left, plotY(t), right, plotY(t))
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", left-8, plotY(t)+4, nanoseconds(t))
	}
	for _, p := range points {
		fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", plotX(p.sites), bottom+22, count(p.sites))
	}
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">sites, of three cookies each</text>\n", (left+right)/2, bottom+42)
	drawLine(&b, points, "std", "net/http/cookiejar, with AddCookie", func(p point) float64 { return p.std })
	drawLine(&b, points, "own", "uacookie", func(p point) float64 { return p.own })
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func drawLine(w io.Writer, points []point, class, label string, value func(point) float64) {
	fmt.Fprintf(w, "<polyline class=\"line %s\" style=\"fill:none\" points=\"", class)
	for _, p := range points {
		fmt.Fprintf(w, "%.1f,%.1f ", plotX(p.sites), plotY(value(p)))
	}
	fmt.Fprintln(w, `"/>`)
	for _, p := range points {
		fmt.Fprintf(w, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>%s: %s</title></circle>\n",
			class, plotX(p.sites), plotY(value(p)), count(p.sites), nanoseconds(value(p)))
	}
	fmt.Fprintf(w, "<text class=\"%s\" x=\"%d\" y=\"%.1f\">%s</text>\n", class, left+10, plotY(value(points[0]))-20, label)
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
