package policy

import "strconv"

// A Reason is the rule by which a cookie was refused on its way in, or withheld on its way
// out. It is an error, for errors.Is(err, policy.ReasonSecureOverlay).
//
// The zero Reason means that the cookie was neither refused nor withheld. Do not return a
// bare Reason as an error: return a [*Refusal] or nil.
//
// A Reason's text is stable: tests and logs may match it. Reasons are declared in the
// draft's order. If a cookie breaks several rules, the first is reported; the rules that
// depend on stored cookies, ReasonSecureOverlay and ReasonHTTPOnlyOverwrite, are tried last.
// A veto is asked for after the other rules: on the way in before these two, and on the way
// out before ReasonSendLimit.
type Reason uint8

// The reasons for refusing a cookie.
const (
	_ Reason = iota

	// ReasonScheme refuses all cookies where there is no URL, or one whose scheme is
	// not http, https, ws or wss. RFC 6265bis, Section 5.3.
	ReasonScheme

	// ReasonTooMany refuses the Set-Cookie fields of a response past the number that the
	// jar reads. RFC 6265bis, Section 5.3.
	ReasonTooMany

	// ReasonControlOctet refuses a line, name or value with a control octet other than
	// tab. RFC 6265bis, Section 5.6, step 1, and Section 5.7, step 3.
	ReasonControlOctet

	// ReasonTooLong refuses a name and value of more than 4096 octets together, and a
	// path of more than 8192 octets that comes from the URL.
	// RFC 6265bis, Section 5.6, step 5, and Section 5.7, step 4.
	ReasonTooLong

	// ReasonEmpty refuses a cookie with neither name nor value.
	// RFC 6265bis, Section 5.7, step 2.
	ReasonEmpty

	// ReasonMalformed refuses a ready-made cookie that no Set-Cookie line could have
	// made: a separator in its name or value, a path that does not start with a
	// slash, a domain that is not canonical. RFC 6265bis, Section 5.6, step 3.
	ReasonMalformed

	// ReasonDomainNotASCII refuses a Domain attribute with an octet above 0x7F.
	// RFC 6265bis, Section 5.7, step 8.
	ReasonDomainNotASCII

	// ReasonHost refuses all cookies of a host that cannot be canonicalized.
	// RFC 6265bis, Section 5.7, step 9.2.
	ReasonHost

	// ReasonPublicSuffix refuses a Domain attribute that names a public suffix other
	// than the host itself, or a domain above the host's own registrable domain.
	// RFC 6265bis, Section 5.7, step 9.3.
	ReasonPublicSuffix

	// ReasonDomainMismatch refuses a Domain attribute that the host does not
	// domain-match. RFC 6265bis, Section 5.7, step 10.1.
	ReasonDomainMismatch

	// ReasonInsecureOrigin refuses a Secure cookie from an insecure connection.
	// RFC 6265bis, Section 5.7, step 13.
	ReasonInsecureOrigin

	// ReasonHTTPOnlyScript refuses an HttpOnly cookie from a script.
	// RFC 6265bis, Section 5.7, step 15.
	ReasonHTTPOnlyScript

	// ReasonSecureOverlay refuses a cookie from an insecure connection that would
	// overlay a Secure one. RFC 6265bis, Section 5.7, step 16.
	ReasonSecureOverlay

	// ReasonCrossSiteScript refuses a cookie that is not SameSite=None from a script
	// in a document below a cross-site one.
	// RFC 6265bis, Section 5.7, step 18.1.
	ReasonCrossSiteScript

	// ReasonCrossSiteStrict refuses a SameSite=Strict cookie from a cross-site request
	// that does not navigate the top level.
	// RFC 6265bis, Section 5.7, step 18.4.
	ReasonCrossSiteStrict

	// ReasonCrossSiteLax refuses a SameSite=Lax cookie from a cross-site request that
	// does not navigate the top level.
	// RFC 6265bis, Section 5.7, step 18.4.
	ReasonCrossSiteLax

	// ReasonCrossSiteDefault refuses a cookie without a SameSite attribute from a
	// cross-site request that does not navigate the top level.
	// RFC 6265bis, Section 5.7, step 18.4.
	ReasonCrossSiteDefault

	// ReasonNoneInsecure refuses SameSite=None without Secure.
	// RFC 6265bis, Section 5.7, step 19.
	ReasonNoneInsecure

	// ReasonSecurePrefix refuses a __Secure- cookie that is not Secure.
	// RFC 6265bis, Section 5.7, step 20.
	ReasonSecurePrefix

	// ReasonHostPrefix refuses a __Host- cookie that is not Secure, not host-only, or
	// does not say Path=/. RFC 6265bis, Section 5.7, step 21.
	ReasonHostPrefix

	// ReasonHTTPPrefix refuses an __Http- cookie that is not both Secure and HttpOnly,
	// by the layered draft.
	ReasonHTTPPrefix

	// ReasonHostHTTPPrefix refuses a __Host-Http- cookie that lacks what __Host- or
	// __Http- requires, by the layered draft.
	ReasonHostHTTPPrefix

	// ReasonNamelessPrefix refuses a cookie without a name whose value starts with a
	// prefix: servers would read it as a name. RFC 6265bis, Section 5.7, step 22.
	ReasonNamelessPrefix

	// ReasonPartitioned refuses a Partitioned cookie that is not Secure, or whose request
	// has no partition key, by CHIPS.
	ReasonPartitioned

	// ReasonVetoStore refuses a cookie because jar.Options.Veto says so.
	ReasonVetoStore

	// ReasonHTTPOnlyOverwrite refuses a script's cookie that would replace an HttpOnly
	// one. RFC 6265bis, Section 5.7, step 23.2.
	ReasonHTTPOnlyOverwrite
)

// The reasons for withholding a cookie.
const (
	// ReasonNotStored: the jar has no such cookie.
	ReasonNotStored Reason = iota + ReasonHTTPOnlyOverwrite + 1

	// ReasonExpired: the cookie has expired. RFC 6265bis, Section 5.7.
	ReasonExpired

	// ReasonOtherPartition: the cookie is in another partition than the request, by
	// CHIPS.
	ReasonOtherPartition

	// ReasonOtherDomain: the host does not match the cookie's domain, or has another
	// registrable domain. RFC 6265bis, Section 5.8.3, step 3.1.
	ReasonOtherDomain

	// ReasonOtherPath: the request's path does not path-match the cookie's path.
	// RFC 6265bis, Section 5.8.3, step 3.2.
	ReasonOtherPath

	// ReasonSecureOnly: the cookie is Secure, the connection is not secure.
	// RFC 6265bis, Section 5.8.3, step 3.3.
	ReasonSecureOnly

	// ReasonHTTPOnly: the cookie is HttpOnly, and a script reads cookies.
	// RFC 6265bis, Section 5.8.3, step 3.4.
	ReasonHTTPOnly

	// ReasonSameSiteStrict: the cookie is SameSite=Strict, and the request is
	// cross-site.
	// RFC 6265bis, Section 5.8.3, step 3.5.
	ReasonSameSiteStrict

	// ReasonSameSiteLax: the cookie is SameSite=Lax, and the request is cross-site
	// and does not navigate the top level. RFC 6265bis, Section 5.8.3, step 3.5.
	ReasonSameSiteLax

	// ReasonSameSiteLaxUnsafe: the cookie is SameSite=Lax, and the request is a
	// cross-site navigation by an unsafe method, such as POST.
	// RFC 6265bis, Section 5.8.3, step 3.5.
	ReasonSameSiteLaxUnsafe

	// ReasonSameSiteDefault is ReasonSameSiteLax for a cookie without a SameSite attribute.
	// RFC 6265bis, Section 5.8.3, step 3.5.
	ReasonSameSiteDefault

	// ReasonSameSiteDefaultUnsafe is ReasonSameSiteLaxUnsafe for a cookie without a
	// SameSite attribute. RFC 6265bis, Section 5.8.3, step 3.5.
	ReasonSameSiteDefaultUnsafe

	// ReasonCallerCookie: the caller's own Cookie header has a cookie of this name, which
	// is sent instead. RFC 6265bis, Section 5.8.1.
	ReasonCallerCookie

	// ReasonCallerHeader: the cookie is from the caller's own Cookie header. A redirect
	// left the origin that the header was for, a response of the redirect chain set or
	// deleted a cookie of this name, or
	// jar.Transport.IgnoreCookieHeader is set. RFC 6265bis, Section 5.8.1.
	ReasonCallerHeader

	// ReasonSendLimit: the limit on the number or bytes of cookies sent was reached.
	// RFC 6265bis, Section 5.8.1.
	ReasonSendLimit

	// ReasonNoCredentials: the request was made without credentials, as by fetch with
	// credentials "omit", or by default to another origin. The response's cookies are
	// refused, too. RFC 6265bis, Section 5.8.1.
	ReasonNoCredentials

	// ReasonThirdParty: third-party cookies are blocked, and the cookie is not
	// Partitioned, or they are partitioned, and the cookie is in no partition: see
	// ThirdParty. Where they are blocked, the response's cookies are refused, too.
	// RFC 6265bis, Section 5.8.1.
	ReasonThirdParty

	// ReasonVetoSend: jar.Options.Veto says that the request does not carry the cookie.
	ReasonVetoSend

	reasonCount
)

// about has the texts of each Reason.
var about = [reasonCount]struct{ text, spec, devTools string }{
	0:                           {"none", "", ""},
	ReasonScheme:                {"scheme", "Section 5.3", "SchemeNotSupported"},
	ReasonTooMany:               {"too-many", "Section 5.3", ""},
	ReasonControlOctet:          {"control-octet", "Section 5.6, step 1", "DisallowedCharacter"},
	ReasonTooLong:               {"too-long", "Section 5.6, step 5", "NameValuePairExceedsMaxSize"},
	ReasonEmpty:                 {"empty", "Section 5.7, step 2", "NoCookieContent"},
	ReasonMalformed:             {"malformed", "Section 5.6, step 3", "SyntaxError"},
	ReasonDomainNotASCII:        {"domain-not-ascii", "Section 5.7, step 8", "InvalidDomain"},
	ReasonHost:                  {"host", "Section 5.7, step 9.2", "InvalidDomain"},
	ReasonPublicSuffix:          {"public-suffix", "Section 5.7, step 9.3", "InvalidDomain"},
	ReasonDomainMismatch:        {"domain-mismatch", "Section 5.7, step 10.1", "InvalidDomain"},
	ReasonInsecureOrigin:        {"insecure-origin", "Section 5.7, step 13", "SecureOnly"},
	ReasonHTTPOnlyScript:        {"http-only-script", "Section 5.7, step 15", ""},
	ReasonSecureOverlay:         {"secure-overlay", "Section 5.7, step 16", "OverwriteSecure"},
	ReasonCrossSiteScript:       {"cross-site-script", "Section 5.7, step 18.1", ""},
	ReasonCrossSiteStrict:       {"cross-site-strict", "Section 5.7, step 18.4", "SameSiteStrict"},
	ReasonCrossSiteLax:          {"cross-site-lax", "Section 5.7, step 18.4", "SameSiteLax"},
	ReasonCrossSiteDefault:      {"cross-site-default", "Section 5.7, step 18.4", "SameSiteUnspecifiedTreatedAsLax"},
	ReasonNoneInsecure:          {"none-insecure", "Section 5.7, step 19", "SameSiteNoneInsecure"},
	ReasonSecurePrefix:          {"secure-prefix", "Section 5.7, step 20", "InvalidPrefix"},
	ReasonHostPrefix:            {"host-prefix", "Section 5.7, step 21", "InvalidPrefix"},
	ReasonHTTPPrefix:            {"http-prefix", "layered draft, Store a Cookie", "InvalidPrefix"},
	ReasonHostHTTPPrefix:        {"host-http-prefix", "layered draft, Store a Cookie", "InvalidPrefix"},
	ReasonNamelessPrefix:        {"nameless-prefix", "Section 5.7, step 22", "InvalidPrefix"},
	ReasonPartitioned:           {"partitioned", "CHIPS", ""},
	ReasonVetoStore:             {"veto-store", "", ""},
	ReasonHTTPOnlyOverwrite:     {"http-only-overwrite", "Section 5.7, step 23.2", ""},
	ReasonNotStored:             {"not-stored", "", ""},
	ReasonExpired:               {"expired", "Section 5.7", ""},
	ReasonOtherPartition:        {"other-partition", "CHIPS", ""},
	ReasonOtherDomain:           {"other-domain", "Section 5.8.3, step 3.1", "DomainMismatch"},
	ReasonOtherPath:             {"other-path", "Section 5.8.3, step 3.2", "NotOnPath"},
	ReasonSecureOnly:            {"secure-only", "Section 5.8.3, step 3.3", "SecureOnly"},
	ReasonHTTPOnly:              {"http-only", "Section 5.8.3, step 3.4", ""},
	ReasonSameSiteStrict:        {"samesite-strict", "Section 5.8.3, step 3.5", "SameSiteStrict"},
	ReasonSameSiteLax:           {"samesite-lax", "Section 5.8.3, step 3.5", "SameSiteLax"},
	ReasonSameSiteLaxUnsafe:     {"samesite-lax-unsafe", "Section 5.8.3, step 3.5", "SameSiteLax"},
	ReasonSameSiteDefault:       {"samesite-default", "Section 5.8.3, step 3.5", "SameSiteUnspecifiedTreatedAsLax"},
	ReasonSameSiteDefaultUnsafe: {"samesite-default-unsafe", "Section 5.8.3, step 3.5", "SameSiteUnspecifiedTreatedAsLax"},
	ReasonCallerCookie:          {"caller-cookie", "Section 5.8.1", ""},
	ReasonCallerHeader:          {"caller-header", "Section 5.8.1", ""},
	ReasonSendLimit:             {"send-limit", "Section 5.8.1", ""},
	ReasonNoCredentials:         {"no-credentials", "Section 5.8.1", "AnonymousContext"},
	ReasonThirdParty:            {"third-party", "Section 5.8.1", "UserPreferences"},
	ReasonVetoSend:              {"veto-send", "", ""},
}

// Reasons returns every Reason, in order.
func Reasons() []Reason {
	all := make([]Reason, 0, reasonCount-1)
	for r := Reason(1); r < reasonCount; r++ {
		all = append(all, r)
	}
	return all
}

// String returns the stable text of r, such as "secure-overlay", and "none" for zero.
func (r Reason) String() string {
	if r < reasonCount {
		return about[r].text
	}
	return "reason " + strconv.Itoa(int(r))
}

// Spec returns where the rule is written: a section of RFC 6265bis, such as
// "Section 5.7, step 16", or the name of another text. It returns "" for a Reason that is
// no written rule.
func (r Reason) Spec() string {
	if r < reasonCount {
		return about[r].spec
	}
	return ""
}

// DevTools returns the name of this reason in Chromium's developer tools, or "" if it has
// none there.
func (r Reason) DevTools() string {
	if r < reasonCount {
		return about[r].devTools
	}
	return ""
}

// Withholds reports whether r is a reason for withholding a stored cookie. Otherwise it is
// one for refusing a cookie.
func (r Reason) Withholds() bool { return r >= ReasonNotStored && r < reasonCount }

// Error implements error.
func (r Reason) Error() string {
	if r == 0 {
		return r.String() // it is not an error, but fmt calls Error to print it
	}
	switch {
	case r == ReasonThirdParty: // it refuses cookies, too
		return "cookie blocked: " + r.String()
	case r.Withholds():
		return "cookie withheld: " + r.String()
	}
	return "cookie refused: " + r.String()
}

// A Refusal is the error for one cookie that was refused or withheld. It never
// holds the cookie's value, so it is safe to log.
type Refusal struct {
	Reason Reason
	Name   string // the cookie's name, as received
	Host   string // the host of the request, in canonical form if it has one
}

// Error implements error.
func (e *Refusal) Error() string {
	host := e.Host
	if q := strconv.QuoteToASCII(host); len(q) != len(host)+2 {
		host = q
	}
	if e.Reason.Withholds() {
		return "cookie " + strconv.QuoteToASCII(e.Name) + " withheld from " + host + ": " + e.Reason.String()
	}
	return "cookie " + strconv.QuoteToASCII(e.Name) + " from " + host + " refused: " + e.Reason.String()
}

// Unwrap returns e.Reason, for errors.Is.
func (e *Refusal) Unwrap() error { return e.Reason }
