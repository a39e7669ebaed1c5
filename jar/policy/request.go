package policy

import (
	"net/url"
	"time"

	"uacookie/jar/store"
)

// A Request is what decides about cookies in one HTTP request and its response,
// or in one script's access to document.cookie. A nil Request is one without a URL.
type Request struct {
	// URL is the request's current URL. Nil, or a scheme other than http, https,
	// ws and wss, has no cookies.
	URL *url.URL

	// Host, if not empty, is the cookie host instead of URL.Host, as
	// http.Request.Host is.
	Host string

	// Method is the HTTP method; "" means GET.
	Method string

	// ServerTime is the server's time, as the Date field of the response tells it:
	// see [UserAgent.ServerTime]. The Expires of its cookies is counted from there. Zero means
	// that it is not known, and then the server's clock passes for right.
	ServerTime time.Time

	// Context is how the request comes about. Nil means that it has no client:
	// a user typed the URL, or a program without documents asks.
	Context *Context
}

// A Context is what a browser knows about how a request comes about. The zero
// Context is a top-level navigation without a client.
type Context struct {
	// Documents are the URLs of the documents around the request, the top-level
	// one first, then each frame inward, ending with the document that makes the
	// request or holds the frame being navigated. Empty means that the request
	// navigates the top level, or that a script runs in the top-level document
	// at the request's URL.
	//
	// A document whose URL has no http or https host counts as cross-site to all
	// others, and so does nil.
	Documents []*url.URL

	// Initiator is the document that started the request. Nil means the user
	// did, where Documents is empty; elsewhere the last of Documents did.
	Initiator *url.URL

	// Script marks an access by document.cookie, a "non-HTTP" API, in the
	// document at the request's URL, the last of whose ancestors is the last of
	// Documents.
	Script bool

	// CrossSiteReload marks a reload that the user asked for, of a document that
	// was first navigated to by a cross-site request.
	CrossSiteReload bool

	// Redirects are the URLs that were redirected to reach the request's, the first
	// one first. Only Firefox's rules read them.
	Redirects []*url.URL

	// ThirdParty says what becomes of cookies in third-party contexts: where a
	// document among Documents is cross-site to the request. Zero is the user agent's
	// own way.
	ThirdParty ThirdParty

	// Partition, if not nil, is the partition key, instead of the one that
	// follows from Documents.
	Partition *store.Partition
}
