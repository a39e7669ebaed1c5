package inspect

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"uacookie/jar/cookiefile"
)

// formats are the files that a jar can be exported to.
var formats = []struct {
	format   cookiefile.Format
	title    string
	fileName string
}{
	{cookiefile.FormatJSON, "uacookie's own: all that the jar keeps", "cookies.jsonl"},
	{cookiefile.FormatNetscape, "cookies.txt for curl, wget and yt-dlp", "cookies.txt"},
	{cookiefile.FormatNetscapePython, "cookies.txt for Python's http.cookiejar", "cookies.txt"},
	{cookiefile.FormatPlaywright, "storageState for Playwright", "storage-state.json"},
	{cookiefile.FormatPuppeteer, "cookies for Puppeteer", "cookies.json"},
	{cookiefile.FormatWebDriver, "cookies for Selenium and Cypress", "cookies.json"},
	{cookiefile.FormatCDP, "Storage.getCookies of the DevTools protocol", "cookies.json"},
}

// An exportPage is the page about the files that the jar can be exported to.
type exportPage struct {
	head
	Cookies int
	Files   []exportFile
}

// An exportFile is one of these files.
type exportFile struct {
	Format, Title string
	LeftOut       int      // cookies that the format cannot express
	Losses        []string // what it cannot express of others, each with a count
}

// export serves the jar as a file of the format that is asked for, or the page with
// the formats if none is.
func (h *Handler) export(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("format")
	if name == "" {
		h.exports(w)
		return
	}
	for _, f := range formats {
		if f.format.String() != name {
			continue
		}
		// It is written out at once: a file that breaks off would pass for a whole one.
		var b bytes.Buffer
		if err := h.write(&b, f.format, func(*cookiefile.Loss) {}); err != nil {
			http.Error(w, "the file could not be written", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote(f.fileName))
		w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
		_, _ = b.WriteTo(w) // the length tells that it broke off
		return
	}
	http.Error(w, "there is no such format", http.StatusBadRequest)
}

// exports serves the page with the formats. Each is written once, to nowhere, so that
// it can say what would be lost.
func (h *Handler) exports(w http.ResponseWriter) {
	p := exportPage{head: h.head("export")}
	for range h.jar.All() {
		p.Cookies++
	}
	for _, f := range formats {
		file := exportFile{Format: f.format.String(), Title: f.title}
		lost := make(map[string]int)
		err := h.write(io.Discard, f.format, func(l *cookiefile.Loss) {
			if l.LeftOut {
				file.LeftOut++
				lost["left out for "+l.Lost.String()]++
			} else {
				lost["written without "+l.Lost.String()]++
			}
		})
		if err != nil {
			file.Losses = append(file.Losses, "it cannot be written")
		}
		for _, what := range slices.Sorted(maps.Keys(lost)) {
			file.Losses = append(file.Losses, count(lost[what])+" "+what)
		}
		p.Files = append(p.Files, file)
	}
	render(w, "export.html", p)
}

func (h *Handler) write(w io.Writer, f cookiefile.Format, lost func(*cookiefile.Loss)) error {
	return cookiefile.Write(w, h.jar.All(), &cookiefile.WriteOptions{Format: f, Lost: lost})
}
