package inspect

import (
	"slices"
	"strings"

	"uacookie/jar"
)

// A site is what there is of one site in the jar.
type site struct {
	Name  string
	Count int // of its cookies
	Found int // of those that the filter lets through
	Plain int // of those in no partition

	// Of the partition with the most cookies, and that with the most bytes.
	PartitionCount, PartitionBytes int
}

// A snapshot is what is in a jar, and what of it a query is about.
type snapshot struct {
	cookies int
	bytes   int64
	sites   []*site // by name
	rows    []*row  // of the page that is asked for
	found   int     // how many there are on all pages
	page    int     // which one it is, if there are fewer than that
	shown   *row    // the cookie to show in full; nil if there is none
}

// take goes through the jar once; twice if it has fewer pages than are asked for.
func (h *Handler) take(q query, f filter) *snapshot {
	s := new(snapshot)
	rows := newTop(q.Page*maxRows, q.Sort)
	shown, err := parseID(q.Cookie)
	rules := h.jar.Sites()
	byName := make(map[string]*site)
	partitions := make(map[partition]*usage)
	var (
		last string // domain
		at   *site  // of that
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

// A partition is what the limits on partitions are about: that of one site. Its usage
// is what they count.
type (
	partition struct {
		site *site
		key  jar.Partition
	}
	usage struct{ count, bytes int }
)
