package main

import "uacookie/jar/policy"

// whyIgnored says why a piece of a line has no effect.
var whyIgnored = map[policy.Ignored]string{
	policy.IgnoredUnknown:  "there is no such attribute",
	policy.IgnoredRepeated: "a later attribute of that name is what matters",
	policy.IgnoredTooLong:  "its value is longer than 1024 octets",
	policy.IgnoredInvalid:  "its value is none that the attribute can have",
	policy.IgnoredUnread:   "reading stopped before it",
}

// whyNot says in a sentence or two what each rule wants, and what to do.
var whyNot = map[policy.Reason]string{
	policy.Scheme:            "Only http, https, ws and wss URLs have cookies.",
	policy.TooMany:           "The response has more Set-Cookie fields than are read.",
	policy.ControlOctet:      "The line has a control character in it, such as NUL, or a tab where none may be. Encode the value, for instance in Base64.",
	policy.TooLong:           "The name and the value together are longer than 4096 octets, or the path of the URL than 8192. Keep the data on the server, and its key in the cookie.",
	policy.Empty:             "The cookie has neither a name nor a value.",
	policy.Malformed:         "It has no name and a \"=\" in its value: sent, it would pass for a cookie with a name.",
	policy.DomainNotASCII:    "The Domain attribute has an octet above 0x7F. Write it in Punycode: xn--...",
	policy.Host:              "The host of the URL is not one.",
	policy.PublicSuffix:      "The Domain attribute names a domain under which anybody can register names, such as com or co.uk, so that all of them would get the cookie, or a domain above such a one. Name the site's own domain, or none.",
	policy.DomainMismatch:    "The Domain attribute names neither the host of the URL nor a domain above it. Leave it out for a cookie of the host alone.",
	policy.InsecureOrigin:    "A Secure cookie can be set over https only.",
	policy.HTTPOnlyScript:    "A script cannot set an HttpOnly cookie; only a response can.",
	policy.SecureOverlay:     "There is a Secure cookie of this name that an insecure connection may not put another beside. Set it over https.",
	policy.CrossSiteScript:   "The script runs in a frame of another site, where only SameSite=None; Secure cookies can be set.",
	policy.CrossSiteStrict:   "The response is to a cross-site request, and the cookie is SameSite=Strict. Only SameSite=None; Secure cookies can be set there.",
	policy.CrossSiteLax:      "The response is to a cross-site request, and the cookie is SameSite=Lax. Only SameSite=None; Secure cookies can be set there.",
	policy.CrossSiteDefault:  "The response is to a cross-site request, and a cookie without a SameSite attribute counts as SameSite=Lax. Only SameSite=None; Secure cookies can be set there.",
	policy.NoneInsecure:      "SameSite=None needs Secure.",
	policy.SecurePrefix:      "A name that begins with __Secure- needs Secure.",
	policy.HostPrefix:        "A name that begins with __Host- needs Secure, Path=/ and no Domain.",
	policy.HTTPPrefix:        "A name that begins with __Http- needs Secure and HttpOnly.",
	policy.HostHTTPPrefix:    "A name that begins with __Host-Http- needs Secure, HttpOnly, Path=/ and no Domain.",
	policy.NamelessPrefix:    "The cookie has no name, and a server would take its value for a name with a prefix.",
	policy.Partitioned:       "Partitioned needs Secure, and a top-level document that has a site.",
	policy.HTTPOnlyOverwrite: "A script cannot replace an HttpOnly cookie.",

	policy.NotStored:             "The jar no longer has it: it had expired, a later line replaced or removed it, or the site had too many cookies.",
	policy.Expired:               "Its time is up.",
	policy.OtherPartition:        "It is Partitioned, and was set under another top-level site.",
	policy.OtherDomain:           "It is not for that host. A cookie without a Domain attribute is for the host that set it alone, and one with it for hosts of the same registrable domain.",
	policy.OtherPath:             "The path of the request is not that of the cookie, nor below it.",
	policy.SecureOnly:            "A Secure cookie is sent over https only.",
	policy.HTTPOnly:              "A script cannot read an HttpOnly cookie.",
	policy.SameSiteStrict:        "A SameSite=Strict cookie is not sent with cross-site requests.",
	policy.SameSiteLax:           "A SameSite=Lax cookie is sent with cross-site requests only if they navigate the top level.",
	policy.SameSiteLaxUnsafe:     "A SameSite=Lax cookie is sent with a cross-site navigation only if its method is safe, as GET is.",
	policy.SameSiteDefault:       "A cookie without a SameSite attribute counts as SameSite=Lax, and so is sent with cross-site requests only if they navigate the top level.",
	policy.SameSiteDefaultUnsafe: "A cookie without a SameSite attribute counts as SameSite=Lax, and so is sent with a cross-site navigation only if its method is safe, as GET is.",
	policy.CallerCookie:          "The caller's own Cookie header has such a cookie.",
	policy.CallerHeader:          "The caller's own Cookie header was meant for another origin.",
	policy.SendLimit:             "The request carries as many cookies as it may.",
	policy.NoCredentials:         "The request was made without credentials.",
	policy.ThirdParty:            "Third-party cookies are blocked, and the document at the top is of another site. Partitioned cookies are not blocked.",
}
