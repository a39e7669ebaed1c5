package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxLinks and maxEmbedded are the maximum numbers of links and of embedded resources read
// from one document.
const (
	maxLinks    = 500
	maxEmbedded = 50
)

// A link is a link or an embedded resource of a document.
type link struct {
	url   *url.URL
	frame bool       // a document inside the document
	form  url.Values // if not nil, a form that submits itself by POST
}

func (l link) method() string {
	if l.form != nil {
		return http.MethodPost
	}
	return http.MethodGet
}

func (l link) body() io.Reader {
	if l.form == nil {
		return nil
	}
	return strings.NewReader(l.form.Encode())
}

// readLinks reads the HTML of d and notes what it links to and embeds.
//
// It ignores forms, except forms that the body's onload submits. A browser submits those
// without the user: hostile pages make cross-site POSTs this way, and some sign-on services
// return to the site.
func (d *document) readLinks(body io.Reader) {
	base, submits := d.url, false
	linkTo := func(ref string, form url.Values) {
		if u := resolve(base, ref); u != nil && len(d.links) < maxLinks {
			d.links = append(d.links, link{url: u, form: form})
		}
	}
	embed := func(ref string, frame bool) {
		if u := resolve(base, ref); u != nil && len(d.embedded) < maxEmbedded {
			d.embedded = append(d.embedded, link{url: u, frame: frame})
		}
	}

	for tokens := html.NewTokenizer(body); ; {
		switch tokens.Next() {
		case html.ErrorToken:
			return // the end, or a read error
		case html.StartTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		switch t := tokens.Token(); t.DataAtom {
		case atom.Base:
			if u := resolve(d.url, attribute(t, "href")); u != nil {
				base = u
			}
		case atom.A, atom.Area:
			linkTo(attribute(t, "href"), nil)
		case atom.Img, atom.Script:
			embed(attribute(t, "src"), false)
		case atom.Iframe, atom.Frame:
			embed(attribute(t, "src"), true)
		case atom.Link:
			switch rel := strings.ToLower(attribute(t, "rel")); rel {
			case "stylesheet", "icon", "shortcut icon":
				embed(attribute(t, "href"), false)
			}
		case atom.Body:
			submits = strings.Contains(attribute(t, "onload"), ".submit()")
		case atom.Form:
			if submits && strings.EqualFold(attribute(t, "method"), http.MethodPost) {
				linkTo(attribute(t, "action"), url.Values{})
			}
		}
	}
}

// attribute returns the value of a tag's attribute, "" if it has none.
func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// resolve returns the URL of ref in a document at base. It returns nil if ref cannot be
// fetched.
func resolve(base *url.URL, ref string) *url.URL {
	if ref == "" {
		return nil
	}
	u, err := base.Parse(ref)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil
	}
	u.Fragment, u.RawFragment = "", ""
	return u
}
