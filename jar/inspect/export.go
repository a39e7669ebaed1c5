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

// formats are the formats that a jar can be exported to.
var formats = []struct {
	format   cookiefile.Format
	title    string
	fileName string
}{
	{cookiefile.FormatJSON, "uacookie's own format: everything that the jar keeps", "cookies.jsonl"},
	{cookiefile.FormatNetscape, "cookies.txt for curl, wget and yt-dlp", "cookies.txt"},
	{cookiefile.FormatNetscapePython, "cookies.txt for Python's http.cookiejar", "cookies.txt"},
	{cookiefile.FormatPlaywright, "storageState for Playwright", "storage-state.json"},
	{cookiefile.FormatPuppeteer, "cookies for Puppeteer", "cookies.json"},
	{cookiefile.FormatWebDriver, "cookies for Selenium and Cypress", "cookies.json"},
	{cookiefile.FormatCDP, "Storage.getCookies of the DevTools protocol", "cookies.json"},
}

// An exportPage is the page that lists the export formats.
type exportPage struct {
	head
	Cookies int
	Files   []exportFile
}

// An exportFile is an export format on the page.
type exportFile struct {
	Format, Title string
	LeftOut       int      // cookies that the format cannot express
	Losses        []string // everything that the file would lose, each with a count
}

// export serves the jar as a file in the format of the query, or the page with the formats
// if the query has no format.
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
		// The file is buffered, so that a truncated one does not look complete.
		var b bytes.Buffer
		if err := h.write(&b, f.format, func(*cookiefile.Loss) {}); err != nil {
			http.Error(w, "the file could not be written", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote(f.fileName))
		w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
		_, _ = b.WriteTo(w) // if it fails, Content-Length shows that the file is truncated
		return
	}
	http.Error(w, "unknown format", http.StatusBadRequest)
}

// exports serves the page with the formats. It writes each format to io.Discard to find out
// what the file would lose.
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
			file.Losses = append(file.Losses, "the file cannot be written")
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
