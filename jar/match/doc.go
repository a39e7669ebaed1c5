// Package match compares hosts, domains, paths and sites for a cookie jar: is this host
// canonical, does a cookie's domain match it, is this name a public suffix, do these
// two hosts belong to one site?
//
// It knows nothing of cookies. Its functions are pure and safe for concurrent use. They take
// time linear in the size of their arguments.
//
// A canonical host is a result of [Host]: the form that RFC 6265bis, Section 5.1.2
// requires, spelled as browsers spell the host of a URL. A parameter named host or domain
// must have that form, unless the function says otherwise.
package match
