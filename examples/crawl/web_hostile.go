package main

import (
	"bufio"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// forged is part of the value of each cookie that the hostile neighbour sets. So a site that
// is sent such a cookie recognizes it.
const forged = "evil"

// A trick is a hostile Set-Cookie line, and the rule that must refuse it.
type trick struct {
	line string
	rule jar.Reason
}

// An act is a page of tricks.
type act struct {
	url    string
	tricks []trick
}

// acts are the neighbour's attacks. Over http it attacks in the shop's name: without TLS,
// any network between client and server can answer for a host.
var acts = []act{
	{"https://hostile.test/siblings", []trick{ // cookies for others
		{"__Secure-session=evil; Domain=shop.test; Secure", policy.ReasonDomainMismatch},
		{"session=evil; Domain=www.shop.test", policy.ReasonDomainMismatch},
		{"session=evil; Domain=www.hostile.test", policy.ReasonDomainMismatch},
		{"session=evil; Domain=xhostile.test", policy.ReasonDomainMismatch},
		{"session=evil; Domain=shöp.test", policy.ReasonDomainNotASCII},
	}},
	{"https://hostile.test/suffixes", []trick{ // cookies for all hosts of a public suffix
		{"session=evil; Domain=test", policy.ReasonPublicSuffix},
		{"session=evil; Domain=.TEST", policy.ReasonPublicSuffix},
		{"session=evil; Domain=test.", policy.ReasonPublicSuffix},
	}},
	{"https://hostile.co.uk/suffixes", []trick{
		{"session=evil; Domain=co.uk", policy.ReasonPublicSuffix},
		{"session=evil; Domain=.co.UK", policy.ReasonPublicSuffix},
		{"session=evil; Domain=uk", policy.ReasonPublicSuffix},
	}},
	{"http://www.shop.test/overlay", []trick{ // over the shop's secure cookies
		{"cart=evil; Domain=shop.test; Path=/", policy.ReasonSecureOverlay},
		{"cart=evil; Path=/", policy.ReasonSecureOverlay},
		{"cart=evil; Path=/account", policy.ReasonSecureOverlay},
		{"prefs=evil; Domain=shop.test; Max-Age=0", policy.ReasonSecureOverlay},
		{"cart=evil; Domain=shop.test; Path=/; Secure", policy.ReasonInsecureOrigin},
		{"__Host-session=evil; Path=/; Secure", policy.ReasonInsecureOrigin},
		{"__Host-session=evil; Path=/", policy.ReasonHostPrefix},
		{"__HOST-SESSION=evil; Path=/", policy.ReasonHostPrefix},
	}},
	{"https://hostile.test/prefixes", []trick{ // name prefixes whose requirements are not met
		{"__Secure-id=evil", policy.ReasonSecurePrefix},
		{"__sEcUrE-id=evil", policy.ReasonSecurePrefix},
		{"__Host-id=evil; Path=/", policy.ReasonHostPrefix},
		{"__host-id=evil; Secure; Path=/; Domain=hostile.test", policy.ReasonHostPrefix},
		{"__Host-id=evil; Secure; Path=/prefixes", policy.ReasonHostPrefix},
		{"__Host-id=evil; Secure", policy.ReasonHostPrefix},
		{"__Http-id=evil; Secure", policy.ReasonHTTPPrefix},
		{"__Host-Http-id=evil; Secure; Path=/", policy.ReasonHostHTTPPrefix},
	}},
	{"https://hostile.test/nameless", []trick{ // values that look like a name
		{"=__Host-session=evil", policy.ReasonNamelessPrefix},
		{"__Host-session", policy.ReasonNamelessPrefix},
		{" = __SECURE-session=evil; Secure", policy.ReasonNamelessPrefix},
		{"=__Http-session=evil; Secure; HttpOnly", policy.ReasonNamelessPrefix},
		{"=; Path=/", policy.ReasonEmpty},
	}},
	{"https://hostile.test/bytes", []trick{ // bytes that confuse terminals, logs and servers
		{"id=evil\x00; Path=/", policy.ReasonControlOctet},
		{"\x1b[31mred=evil", policy.ReasonControlOctet},
		{"id=\x1b[31mevil", policy.ReasonControlOctet},
		{"id=evil; Path=/\x01", policy.ReasonControlOctet},
		{"id=evil\x7f", policy.ReasonControlOctet},
		{"id=evil" + strings.Repeat("!", 4096), policy.ReasonTooLong},
		{strings.Repeat("id", 2048) + "=evil", policy.ReasonTooLong},
	}},
	{"https://hostile.test/third-party", []trick{ // third-party cookies without the attributes that they need
		{"id=evil; SameSite=None", policy.ReasonNoneInsecure},
		{"id=evil; Partitioned", policy.ReasonPartitioned},
		{"id=evil; SameSite=None; Partitioned", policy.ReasonNoneInsecure},
	}},
}

// floods is the number of cookies in the response of the flood.
const floods = 10_000

// hostile is the neighbour's site, under each of its names.
func (w *web) hostile() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		at := originOf(r) + r.URL.Path
		if i := slices.IndexFunc(acts, func(a act) bool { return a.url == at }); i >= 0 {
			var lines []string
			for _, t := range acts[i].tricks {
				lines = append(lines, t.line)
			}
			w.ledger.attack(acts[i].tricks)
			// Send the visitor to the shop, to see whether it worked.
			raw(rw, lines, page("Look here", anchors("https://www.shop.test/account?after="+at)))
			return
		}
		switch at {
		case "https://hostile.co.uk/flood":
			lines := make([]string, floods)
			for i := range lines {
				lines[i] = fmt.Sprintf("flood-%05d=evil; Secure; HttpOnly", i)
			}
			raw(rw, lines, page("Wait"))

		case "https://hostile.test/gift": // a POST that the visitor does not see
			raw(rw, nil, body(` onload="document.forms[0].submit()"`, "A gift for you",
				`<form method="post" action="https://www.shop.test/transfer"></form>`))

		case "https://hostile.test/":
			// The jar stores names that only look bad, and the report must escape them: a
			// byte that is CSI to some terminals, and letters written right to left.
			lines := []string{"\x9b31mred=evil; Secure; Max-Age=86400", "\u202egnp.exe=evil; Secure; Max-Age=86400"}
			links := []string{"/gift", "https://hostile.co.uk/flood"}
			for _, a := range acts {
				links = append(links, a.url)
			}
			raw(rw, lines, page("Nothing to see here", anchors(links...),
				image("https://www.shop.test/account?embedded"))) // with the session, one hopes

		default:
			http.NotFound(rw, r)
		}
	})
}

// hostileHosts are the hosts for which the neighbour answers.
var hostileHosts = []string{"hostile.test", "hostile.co.uk", "www.shop.test"}

// isHostile reports whether the neighbour answers for an origin.
func isHostile(origin string) bool {
	return strings.Contains(origin, "://hostile.") || origin == "http://www.shop.test"
}

// raw answers with Set-Cookie lines, byte for byte. net/http's server would not send some of
// these bytes.
func raw(rw http.ResponseWriter, lines []string, page string) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	out := bufio.NewWriter(conn)
	out.WriteString("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n")
	fmt.Fprintf(out, "Content-Length: %d\r\n", len(page))
	for _, line := range lines {
		out.WriteString("Set-Cookie: " + line + "\r\n")
	}
	out.WriteString("\r\n" + page)
	out.Flush()
}
