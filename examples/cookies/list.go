package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"uacookie/examples/internal/terminal"
	"uacookie/jar"
	"uacookie/jar/match"
)

// list prints a table of the cookies, grouped by site.
func (c *command) list() error {
	if len(c.args) != 1 {
		return errUsage
	}
	j, err := c.load(c.args[0])
	if err != nil {
		return err
	}
	type row struct {
		jar.Cookie
		site, labels string
	}
	var sites match.Sites
	var cookies []row
	for k := range j.All() {
		cookies = append(cookies, row{k, sites.Site(k.Domain), reverseLabels(k.Domain)})
	}
	slices.SortStableFunc(cookies, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(a.site, b.site),
			cmp.Compare(a.labels, b.labels),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Name, b.Name),
		)
	})

	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DOMAIN\tPATH\tNAME\tBYTES\tEXPIRES\tFOR")
	last := ""
	for _, r := range cookies {
		k := &r.Cookie
		domain := printable(k.Domain)
		if !k.HostOnly {
			domain = "*." + domain
		}
		if domain == last {
			domain = ""
		} else {
			last = domain
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\n", domain, printable(k.Path), name(k),
			len(k.Name)+len(k.Value), expires(k), strings.Join(marks(k), " "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) { // the last column may be empty
		if _, err := fmt.Fprintln(c.stdout, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	noun := "cookies"
	if len(cookies) == 1 {
		noun = "cookie"
	}
	_, err = fmt.Fprintf(c.stdout, "%d %s\n", len(cookies), noun)
	return err
}

// reverseLabels returns a host with its labels reversed, so that subdomains sort after their
// domain.
func reverseLabels(host string) string {
	labels := strings.Split(host, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}

func name(c *jar.Cookie) string {
	if c.Name == "" {
		return "(no name)"
	}
	return printable(c.Name)
}

func expires(c *jar.Cookie) string {
	if !c.Persistent() {
		return "session"
	}
	return c.Expires.UTC().Format("2006-01-02 15:04")
}

// marks returns the attributes that restrict a cookie to some requests.
func marks(c *jar.Cookie) (all []string) {
	if c.Secure {
		all = append(all, "Secure")
	}
	if c.HttpOnly {
		all = append(all, "HttpOnly")
	}
	if s := c.SameSite.String(); s != "" {
		all = append(all, "SameSite="+s)
	}
	if c.Partition != (jar.Partition{}) {
		all = append(all, "in "+c.Partition.String())
	}
	return all
}

// maxWidth is the maximum width of a name or path in columns.
const maxWidth = 40

// printable returns s, which a server may have chosen, safe for a terminal and at most
// maxWidth columns wide.
func printable(s string) string { return terminal.Snip(terminal.Quote(s), maxWidth) }
