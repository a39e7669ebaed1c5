package policy

// Explanation returns a sentence or two in plain language about r: what the rule wants,
// and often what to do. It returns "" for the zero Reason. Unlike the text of
// [Reason.String], it may change.
func (r Reason) Explanation() string {
	if r < reasonCount {
		return explanations[r]
	}
	return ""
}

// explanations are for people who have not read the draft.
var explanations = [reasonCount]string{
	Scheme:            "Only http, https, ws and wss URLs have cookies.",
	TooMany:           "The response has more Set-Cookie fields than the jar reads.",
	ControlOctet:      "The line has a control character, such as NUL, or a tab where none may be. Encode the value, for instance in Base64.",
	TooLong:           "The name and the value together are longer than 4096 octets, or the path of the URL than 8192. Keep the data on the server, and its key in the cookie.",
	Empty:             "The cookie has neither a name nor a value.",
	Malformed:         "The cookie is malformed: a \"=\" in its value but no name, a separator in its name or value, a path without a leading slash, or a domain that is not canonical.",
	DomainNotASCII:    "The Domain attribute has an octet above 0x7F. Write it in Punycode: xn--...",
	Host:              "The host of the URL is not valid.",
	PublicSuffix:      "The Domain attribute names a domain under which anyone can register names, such as com or co.uk, so all of them would get the cookie. Name the site's own domain, or leave Domain out.",
	DomainMismatch:    "The Domain attribute names neither the host of the URL nor a domain above it. Leave it out for a cookie of the host alone.",
	InsecureOrigin:    "A Secure cookie can be set over https only.",
	HTTPOnlyScript:    "A script cannot set an HttpOnly cookie; only a response can.",
	SecureOverlay:     "A Secure cookie of this name exists, and an insecure connection may not set another beside it. Set it over https.",
	CrossSiteScript:   "The script runs in a frame of another site, where only SameSite=None; Secure cookies can be set.",
	CrossSiteStrict:   "The response is to a cross-site request, and the cookie is SameSite=Strict. Only SameSite=None; Secure cookies can be set there.",
	CrossSiteLax:      "The response is to a cross-site request, and the cookie is SameSite=Lax. Only SameSite=None; Secure cookies can be set there.",
	CrossSiteDefault:  "The response is to a cross-site request, and a cookie without a SameSite attribute counts as SameSite=Lax. Only SameSite=None; Secure cookies can be set there.",
	NoneInsecure:      "SameSite=None needs Secure.",
	SecurePrefix:      "A name that begins with __Secure- needs Secure.",
	HostPrefix:        "A name that begins with __Host- needs Secure, Path=/ and no Domain.",
	HTTPPrefix:        "A name that begins with __Http- needs Secure and HttpOnly.",
	HostHTTPPrefix:    "A name that begins with __Host-Http- needs Secure, HttpOnly, Path=/ and no Domain.",
	NamelessPrefix:    "The cookie has no name, and a server would read its value as a name with a prefix.",
	Partitioned:       "Partitioned needs Secure, and a top-level document that has a site.",
	HTTPOnlyOverwrite: "A script cannot replace an HttpOnly cookie.",

	NotStored:             "The jar no longer has the cookie: it had expired, a later line replaced or removed it, or the site had too many cookies.",
	Expired:               "The cookie has expired.",
	OtherPartition:        "The cookie is Partitioned, and was set under another top-level site.",
	OtherDomain:           "The cookie is for another host. Without a Domain attribute, a cookie is only for the host that set it.",
	OtherPath:             "The path of the request is neither the path of the cookie nor below it.",
	SecureOnly:            "A Secure cookie is sent over https only.",
	HTTPOnly:              "A script cannot read an HttpOnly cookie.",
	SameSiteStrict:        "A SameSite=Strict cookie is not sent with cross-site requests.",
	SameSiteLax:           "A SameSite=Lax cookie is sent with cross-site requests only if they navigate the top level.",
	SameSiteLaxUnsafe:     "A SameSite=Lax cookie is sent with a cross-site navigation only if its method is safe, as GET is.",
	SameSiteDefault:       "A cookie without a SameSite attribute counts as SameSite=Lax, and so is sent with cross-site requests only if they navigate the top level.",
	SameSiteDefaultUnsafe: "A cookie without a SameSite attribute counts as SameSite=Lax, and so is sent with a cross-site navigation only if its method is safe, as GET is.",
	CallerCookie:          "The caller set a cookie of this name in its own Cookie header.",
	CallerHeader:          "The caller set its own Cookie header for another origin.",
	SendLimit:             "The request already carries as many cookies as the limits allow.",
	NoCredentials:         "The request was made without credentials.",
	ThirdParty:            "Third-party cookies are blocked, and the top-level document is of another site. Partitioned cookies are not blocked.",
}
