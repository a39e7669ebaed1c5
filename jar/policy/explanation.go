package policy

// Explanation returns a sentence or two about r in plain language: what the rule says, and
// often what to do. It returns "" for the zero Reason. Unlike the text of [Reason.String],
// it may change.
func (r Reason) Explanation() string {
	if r < reasonCount {
		return explanations[r]
	}
	return ""
}

// explanations are for people who have not read the draft.
var explanations = [reasonCount]string{
	ReasonScheme:            "Only http, https, ws and wss URLs have cookies.",
	ReasonTooMany:           "The response has more Set-Cookie fields than the jar reads.",
	ReasonControlOctet:      "The line has a control character, such as NUL, or a tab where it is not allowed. Encode the value, for instance in Base64.",
	ReasonTooLong:           "The name and the value together are longer than 4096 bytes, or the path of the URL is longer than 8192. Keep the data on the server, and its key in the cookie.",
	ReasonEmpty:             "The cookie has neither a name nor a value.",
	ReasonMalformed:         "The cookie is malformed: a \"=\" in its value but no name, a separator in its name or value, a path without a leading slash, or a domain that is not canonical.",
	ReasonDomainNotASCII:    "The Domain attribute has a byte above 0x7F. Write it in Punycode: xn--...",
	ReasonHost:              "The host of the URL is not valid.",
	ReasonPublicSuffix:      "The Domain attribute names a domain under which anyone can register names, such as com or co.uk, or a domain above one. Strangers would get the cookie. Name the site's own domain, or leave Domain out.",
	ReasonDomainMismatch:    "The Domain attribute names neither the host of the URL nor a domain above it. Leave it out for a cookie of this host only.",
	ReasonInsecureOrigin:    "A Secure cookie can be set over https only.",
	ReasonHTTPOnlyScript:    "A script cannot set an HttpOnly cookie; only a response can.",
	ReasonSecureOverlay:     "A Secure cookie of this name exists, and an insecure connection may not set another. Set it over https.",
	ReasonCrossSiteScript:   "The script runs in a frame of another site, where only SameSite=None; Secure cookies can be set.",
	ReasonCrossSiteStrict:   "The response is to a cross-site request, and the cookie is SameSite=Strict. Only SameSite=None; Secure cookies can be set there.",
	ReasonCrossSiteLax:      "The response is to a cross-site request, and the cookie is SameSite=Lax. Only SameSite=None; Secure cookies can be set there.",
	ReasonCrossSiteDefault:  "The response is to a cross-site request, and a cookie without a SameSite attribute counts as SameSite=Lax. Only SameSite=None; Secure cookies can be set there.",
	ReasonNoneInsecure:      "SameSite=None needs Secure.",
	ReasonSecurePrefix:      "A name that begins with __Secure- needs Secure.",
	ReasonHostPrefix:        "A name that begins with __Host- needs Secure, Path=/ and no Domain.",
	ReasonHTTPPrefix:        "A name that begins with __Http- needs Secure and HttpOnly.",
	ReasonHostHTTPPrefix:    "A name that begins with __Host-Http- needs Secure, HttpOnly, Path=/ and no Domain.",
	ReasonNamelessPrefix:    "The cookie has no name, and a server would read its value as a name with a prefix.",
	ReasonPartitioned:       "Partitioned needs Secure, and a top-level document that has a site.",
	ReasonVetoStore:         "The program that owns the jar does not want the cookie stored: its Options.Veto says so.",
	ReasonHTTPOnlyOverwrite: "A script cannot replace an HttpOnly cookie.",

	ReasonNotStored:             "The jar no longer has the cookie: it had expired, a later line replaced or removed it, or the site had too many cookies.",
	ReasonExpired:               "The cookie has expired.",
	ReasonOtherPartition:        "The cookie is Partitioned, and was set under another top-level site.",
	ReasonOtherDomain:           "The cookie is for another host. Without a Domain attribute, a cookie is only for the host that set it; with one, for hosts of the same registrable domain.",
	ReasonOtherPath:             "The path of the request is neither the path of the cookie nor below it.",
	ReasonSecureOnly:            "A Secure cookie is sent over https only.",
	ReasonHTTPOnly:              "A script cannot read an HttpOnly cookie.",
	ReasonSameSiteStrict:        "A SameSite=Strict cookie is not sent with cross-site requests.",
	ReasonSameSiteLax:           "A SameSite=Lax cookie is sent with cross-site requests only if they navigate the top level.",
	ReasonSameSiteLaxUnsafe:     "A SameSite=Lax cookie is sent with a cross-site navigation only if its method is safe, as GET is.",
	ReasonSameSiteDefault:       "A cookie without a SameSite attribute counts as SameSite=Lax, and so is sent with cross-site requests only if they navigate the top level.",
	ReasonSameSiteDefaultUnsafe: "A cookie without a SameSite attribute counts as SameSite=Lax, and so is sent with a cross-site navigation only if its method is safe, as GET is.",
	ReasonCallerCookie:          "The caller set a cookie of this name in its own Cookie header.",
	ReasonCallerHeader:          "The caller's own Cookie header has this cookie and does not apply to the request: a redirect left its origin, a response set or deleted the cookie, or such headers are ignored.",
	ReasonSendLimit:             "The request already carries the number or the bytes of cookies that the limits allow.",
	ReasonNoCredentials:         "The request was made without credentials.",
	ReasonThirdParty:            "The top-level document is of another site, and third-party cookies are blocked or kept apart for each top-level site. The cookies in the partition of that site can still be set and sent, but not in Firefox where third-party cookies are blocked.",
	ReasonVetoSend:              "The program that owns the jar does not want the cookie sent with this request: its Options.Veto says so.",
}
