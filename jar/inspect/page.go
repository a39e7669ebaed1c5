package inspect

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"uacookie/internal/parse"
	"uacookie/jar"
)

//go:embed assets
var assets embed.FS

// templates are the templates of the pages.
var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"visible": visible,
	"count":   count,
	"size":    func(n int) string { return size(int64(n)) },
	"bytes":   size,
	"stamp":   stamp,
	"rule":    rule,
}).ParseFS(assets, "assets/*.html"))

// asset returns a handler for a file that pages load.
func asset(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, assets, "assets/"+name) }
}

// render executes a template and writes the page. If the template fails, it writes only an
// error.
func render(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, "internal error: the page could not be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // if it fails, the client is gone
}

// A head is the data of the head of every page.
type head struct {
	Page  string // the name of the page
	Agent string // the user agent whose rules the jar follows
}

func (h *Handler) head(page string) head {
	return head{Page: page, Agent: h.settings.UserAgent.String()}
}

// The maximum number of rows and sites on one page.
const (
	maxRows  = 200
	maxSites = 300
)

// A cookiesPage is the page about the contents of the jar.
type cookiesPage struct {
	head
	Query       query
	Error       string // what is wrong with the query
	AllowDelete bool
	Record      bool // decisions were recorded before the page was opened
	Columns     []column

	Cookies, Sites int // in the jar
	Len            int // cookies in the jar, including expired ones
	Total          int // the limit on cookies; 0 means no limit
	Bytes          int64
	Worker         *workerState // nil for a jar that is no worker of a fleet

	Found        int // cookies found in the selected site
	FoundCookies int // cookies found in all sites
	FoundSites   int
	Listed       []listedSite
	Rows         []shownRow
	From, To     int // numbers of the first and last row, from 1
	Pages        int
	Prev, Next   int         // page numbers
	Shown        *shownRow   // the cookie shown in full
	Here         *listedSite // the selected site
}

// A column is a column heading.
type column struct {
	Name, Title string // Name is "" if the column cannot be sorted by
	Class       string
	Order       string // "ascending" or "descending" if rows are sorted by it
	Link        string
}

// A listedSite is a site in the list of sites.
type listedSite struct {
	*site
	Link string
	Here bool

	// The limits of the site; 0 means no limit.
	Limit, LimitInPartition, LimitOfBytes int
	Near                                  bool // at least half of the limit is used
	High                                  int  // above this count, the site is nearly full
}

// A shownRow is a cookie with the texts that the page shows.
type shownRow struct {
	*row
	ID, Domain             string
	Link, ValueLink        string // links to the cookie in full, without and with its value
	Size, MaxSize          int
	HighSize               int // above this size, MaxSize is near
	Big                    bool
	Expires, Created, Used string
	Explain                string // query that explains a request for the cookie
	Selected               bool
}

// cookies serves the page about the contents of the jar.
func (h *Handler) cookies(w http.ResponseWriter, r *http.Request) {
	q := parseQuery(r.URL.Query())
	now, limits := h.now(), h.limits()
	p := &cookiesPage{head: h.head("cookies"), AllowDelete: h.options.AllowDelete, Record: h.options.Record, Total: limits.Total, Worker: h.worker()}
	f, err := parseFilter(q.Filter)
	if err != nil {
		p.Error = err.Error()
	} else {
		p.Error = q.Error
	}
	if p.Error != "" {
		f = filter{func(*jar.Cookie) bool { return false }}
	}
	p.Len = h.jar.Len()
	s := h.take(q, f)
	p.Cookies, p.Sites, p.Bytes, p.Found = s.cookies, len(s.sites), s.bytes, s.found
	q.Page = s.page
	p.Prev, p.Next, p.Pages = q.Page-1, q.Page+1, (s.found+maxRows-1)/maxRows
	p.From = min((q.Page-1)*maxRows+1, s.found)
	p.To = p.From + len(s.rows) - 1
	for _, r := range s.rows {
		p.Rows = append(p.Rows, show(r, q, now))
	}
	if s.shown != nil {
		shown := show(s.shown, q, now)
		p.Shown = &shown
	} else {
		q.Cookie, q.Value = "", false
	}
	p.listSites(s, q, limits)
	p.Query = q
	p.Columns = headings(q)
	render(w, "cookies.html", p)
}

// listSites lists by name the sites with the most cookies found, and the selected site.
func (p *cookiesPage) listSites(s *snapshot, q query, limits jar.Limits) {
	found := slices.DeleteFunc(s.sites, func(s *site) bool { return s.Found == 0 && s.Name != q.Site })
	p.FoundSites = len(found)
	for _, s := range found {
		p.FoundCookies += s.Found
	}
	if len(found) > maxSites {
		slices.SortStableFunc(found, func(a, b *site) int {
			if a.Name == q.Site || b.Name == q.Site {
				if a.Name == q.Site {
					return -1
				}
				return 1
			}
			return cmp.Compare(b.Found, a.Found)
		})
		found = found[:maxSites]
		slices.SortFunc(found, func(a, b *site) int { return cmp.Compare(a.Name, b.Name) })
	}
	for _, s := range found {
		l := listedSite{
			site: s, Link: q.AtSite(s.Name).Link(),
			Limit: limits.Site, Near: limits.Site > 0 && s.Plain >= limits.Site/2, High: limits.Site * 3 / 4, LimitInPartition: limits.PartitionCount, LimitOfBytes: limits.PartitionBytes,
		}
		if s.Name == q.Site {
			l.Here, l.Link = true, q.AtSite("").Link()
			p.Here = &l
		}
		p.Listed = append(p.Listed, l)
	}
}

func show(r *row, q query, now time.Time) shownRow {
	s := shownRow{
		row: r, ID: id(r.Key()), Domain: domain(&r.Cookie), Size: rowSize(r), MaxSize: parse.MaxPair, HighSize: parse.MaxPair * 3 / 4,
		Expires: "session", Created: distance(r.Created, now), Used: distance(r.LastAccess, now),
	}
	if r.Persistent() {
		s.Expires = distance(r.Cookie.Expires, now)
	}
	s.Selected = s.ID == q.Cookie
	s.Big = s.Size >= s.HighSize
	s.Link, s.ValueLink = q.AtCookie(s.ID).Link(), q.AtCookie(s.ID).WithValue(true).Link()
	if s.Selected {
		s.Link = q.AtCookie("").Link()
	}
	scheme := "http"
	if r.Secure {
		scheme = "https"
	}
	s.Explain = (&request{url: scheme + "://" + r.Cookie.Domain + r.Path, method: "GET"}).query()
	return s
}

// headings returns the columns of the table.
func headings(q query) []column {
	all := []column{
		{Name: "name", Title: "Name"}, {Title: "Value"}, {Name: "domain", Title: "Domain"}, {Name: "path", Title: "Path"},
		{Title: "Flags"}, {Name: "samesite", Title: "SameSite"},
		{Name: "expires", Title: "Expires"}, {Name: "size", Title: "Size"}, {Name: "partition", Title: "Partition"}, {Name: "used", Title: "Last used"},
	}
	for i := range all {
		c := &all[i]
		c.Class, c.Link = strings.ToLower(c.Title), q.SortedBy(c.Name).Link()
		switch {
		case c.Name == "":
		case q.Sort == c.Name, q.Sort == "" && c.Name == defaultSort:
			c.Order = "ascending"
		case q.Sort == "-"+c.Name:
			c.Order = "descending"
		}
	}
	return all
}
