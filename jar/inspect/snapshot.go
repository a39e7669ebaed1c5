package inspect

import (
	"slices"
	"strings"

	"uacookie/jar"
)

// A site counts the cookies of one site in the jar.
type site struct {
	Name  string
	Count int // number of cookies
	Found int // number of cookies that match the filter
	Plain int // number of unpartitioned cookies

	// The largest count and the largest size in bytes of any partition.
	PartitionCount, PartitionBytes int
}

// A snapshot is the contents of the jar, as far as a query shows them.
type snapshot struct {
	cookies int
	bytes   int64
	sites   []*site // by name
	rows    []*row  // on the page
	found   int     // number of rows on all pages
	page    int     // number of the page: query.Page, or the last page if there are fewer
	shown   *row    // the cookie to show in full, or nil
}

// take iterates over the jar once, or twice if it has fewer pages than q.Page.
func (h *Handler) take(q query, f filter) *snapshot {
	s := new(snapshot)
	rows := newTop(q.Page*maxRows, q.Sort)
	shown, err := parseID(q.Cookie)
	rules := h.jar.Sites()
	byName := make(map[string]*site)
	partitions := make(map[partition]*usage)
	var (
		last string // domain of the previous cookie
		at   *site  // its site
	)
	for c := range h.jar.All() {
		if c.Domain != last || at == nil {
			name := rules.Site(c.Domain)
			if at == nil || at.Name != name {
				if at = byName[name]; at == nil {
					at = &site{Name: name}
					byName[name] = at
				}
			}
			last = c.Domain
		}
		bytes := len(c.Name) + len(c.Value)
		s.cookies++
		s.bytes += int64(bytes)
		at.Count++
		if c.Partition == (jar.Partition{}) {
			at.Plain++
		} else {
			u := partitions[partition{at, c.Partition}]
			if u == nil {
				u = new(usage)
				partitions[partition{at, c.Partition}] = u
			}
			u.count++
			u.bytes += bytes
			at.PartitionCount = max(at.PartitionCount, u.count)
			at.PartitionBytes = max(at.PartitionBytes, u.bytes)
		}
		if err == nil && c.Key() == shown {
			s.shown = &row{c, at.Name}
		}
		if !f.match(&c) {
			continue
		}
		at.Found++
		if q.Site == "" || q.Site == at.Name {
			rows.add(&c, at.Name)
		}
	}
	s.found = rows.found
	if last := max(1, (s.found+maxRows-1)/maxRows); q.Page > last {
		q.Page = last
		return h.take(q, f)
	}
	s.page, s.rows = q.Page, rows.cut()[min((q.Page-1)*maxRows, s.found):]
	for _, site := range byName {
		s.sites = append(s.sites, site)
	}
	slices.SortFunc(s.sites, func(a, b *site) int { return strings.Compare(a.Name, b.Name) })
	return s
}

// A partition is a partition of one site, which has limits of its own. A usage counts its
// cookies for these limits.
type (
	partition struct {
		site *site
		key  jar.Partition
	}
	usage struct{ count, bytes int }
)
