package policy

import (
	"net/url"
	"time"

	"uacookie/jar/store"
)

// A Request is the part of an HTTP request and its response, or of a script's access to
// document.cookie, that decides about cookies. A nil Request has no cookies, and neither has
// one without a URL.
type Request struct {
	// URL is the request's current URL. A nil URL has no cookies, and neither has one
	// whose scheme is not http, https, ws or wss.
	URL *url.URL

	// Host, if not empty, is the host whose cookies are meant, instead of URL.Host. It is
	// http.Request.Host.
	Host string

	// Method is the HTTP method. The empty string means GET.
	Method string

	// ServerTime is the server's time by the Date field of the response: see the method
	// [UserAgent.ServerTime]. The Expires attributes of the response are relative to it. The zero
	// Time means that the server's clock is taken to be right.
	ServerTime time.Time

	// Context says how the request comes about. Nil means that no document makes it: a
	// user typed the URL, or a program without documents makes the request.
	Context *Context
}

// A Context is what a browser knows about how a request comes about. The zero Context is a
// top-level navigation that the user started.
type Context struct {
	// Documents are the URLs of the documents around the request: the top-level document
	// first, then each frame inward. The last one is the document that makes the request,
	// or that holds the frame being navigated. No Documents means that the request
	// navigates the top level, or that a script runs in the top-level document at the
	// request's URL.
	//
	// A document whose URL is nil, or has no http or https host, is cross-site to all
	// others.
	Documents []*url.URL

	// Initiator is the document that started the request. Nil means the last of
	// Documents, or the user if Documents is empty.
	Initiator *url.URL

	// Script marks an access by document.cookie, which the draft calls a "non-HTTP" API, in
	// the document at the request's URL. Documents are then the ancestors of that
	// document.
	Script bool

	// CrossSiteReload marks a reload by the user of a document that a cross-site request
	// navigated to.
	CrossSiteReload bool

	// Redirects are the URLs that were redirected to reach the request's, the first
	// one first. Only Firefox's rules read them.
	Redirects []*url.URL

	// ThirdParty is the choice about third-party cookies: the cookies of a request that is
	// cross-site to one of Documents. The zero value leaves the choice to the user
	// agent.
	ThirdParty ThirdParty

	// Partition, if not nil, is the partition key of the request. Nil means the key that
	// follows from Documents.
	Partition *store.Partition
}
