// Package match answers the questions a cookie jar asks about hosts, domains,
// paths and sites: is this host canonical, does that cookie's domain match it,
// is this name a public suffix, do these two hosts belong together?
//
// It knows nothing of cookies. Its functions are pure, run in time linear in
// what they are given, and are safe for concurrent use.
//
// A canonical host is what [Host] returns: the form that RFC 6265bis,
// Section 5.1.2 asks for, spelled as a browser spells the host of a URL. Where
// a parameter is named host or domain, that form is expected unless the
// function says otherwise.
package match
