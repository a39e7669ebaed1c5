package agent

// A Quirk is a named departure from the draft, or a set of them.
type Quirk uint64

// The quirks. The table below says what each is.
const (
	NoPrefixes Quirk = 1 << iota
	NoOverlay
	SecureFromInsecure
	NoSameSite

	ServerClock

	TabRefused
	NulResponse
	LineEnds
	ReturnEnds
	NamelessEquals
	LastWins
	LooseDates
	LooseMaxAge
	DomainItself
	DomainAsHost
	WildcardParents
	EmptyLabels
	HostPrefixByText
	OrderByValue
	LaxUnsafe
	ScriptUTF8

	NoNameless
	ValueUTF8
	NSPRDates
	SignedMaxAge
	LongFlags
	NoEmptyLabels
	DefaultNone
	SchemelessSites
	RedirectSites
	OverlayHostOnly
	HostPrefixDefaultPath
	ShortDefaultPath
	ThirdPartyApart
	BlockedPartitioned
	SiteLimits
)

// Quirks says for each quirk what the draft wants and what the agent does instead. For
// the quirks of browsers, README.md in testdata/browsers lists the scenarios that show them. It
// is generated from this table.
var Quirks = [...]struct {
	Quirk Quirk
	Name  string
	Spec  string // where the draft has its rule
	Draft string // what the draft says
	Agent string // what the user agent does
}{
	{NoPrefixes, "no-prefixes", "Section 5.7, steps 20 to 22",
		"A name's prefix asks for attributes.",
		"A prefix means nothing."},
	{NoOverlay, "no-overlay", "Section 5.7, step 16",
		"An insecure origin may not overlay Secure cookies.",
		"It may."},
	{SecureFromInsecure, "secure-from-insecure", "Section 5.7, step 13",
		"An insecure origin may not set Secure cookies.",
		"It may."},
	{NoSameSite, "no-samesite", "Section 5.7, steps 18 and 19",
		"SameSite decides where a cookie is taken from and sent to.",
		"The attribute is kept and means nothing."},

	{ServerClock, "server-clock", "Section 5.6.1, step 3, and Section 5.7, step 6.2",
		"A cookie expires when the clock of the user agent shows the time that Expires has.",
		"It does when the clock of the server does, which is as far off as the response's first Date field says."},

	{TabRefused, "tab-refused", "Section 5.6, step 1",
		"A tab is white space; inside a name or value it stays.",
		"A tab inside the name or value of the cookie or of any attribute, known or not, refuses the line."},
	{NulResponse, "nul-response", "Section 5.6, step 1",
		"A NUL refuses the line it is in.",
		"A NUL makes the whole response none: all its Set-Cookie fields are lost."},
	{LineEnds, "line-ends", "Section 5.6, step 1",
		"An LF refuses the line it is in.",
		"An LF, or CR and LF, in a response ends the field, unless the next line starts with white space and so continues it. Other text after it is lost, and after an empty line all further fields."},
	{ReturnEnds, "return-ends", "Section 5.6, step 1",
		"A CR refuses the line it is in.",
		"A CR in a response ends the field as an LF does. A line that continues the field is joined to it by one space."},
	{NamelessEquals, "nameless-equals", "Section 5.7, step 2",
		"A cookie without a name may have any value but the empty one.",
		"It is refused if the value has \"=\" in it: sent, it would pass for a cookie with a name."},
	{LastWins, "last-wins", "Section 5.6.1, step 2, and Section 5.6.2, steps 1 to 3",
		"An Expires or Max-Age that does not parse is ignored; an earlier one counts.",
		"The last one counts. If it does not parse, the cookie has no such attribute."},
	{LooseDates, "loose-dates", "Section 5.1.1",
		"Date-tokens match productions that let other octets follow the digits.",
		"A token that starts with a digit is a time if it has a colon, and otherwise a number, which has nothing but digits. " +
			"The fields of a time may have any number of digits, up to 32 bits, and the year one to five. Years before 1601 are in the past, not an error."},
	{LooseMaxAge, "loose-max-age", "Section 5.6.2, steps 2 and 3",
		"A Max-Age starts with a digit or \"-\", and has only digits after that.",
		"It may start with \"+\"; and once the number is at its bound, anything may follow."},
	{DomainItself, "domain-itself", "Section 5.7, steps 9 and 10",
		"A Domain attribute that is a dot alone counts as none. An address that names itself gets a cookie that is not host-only.",
		"A Domain of a dot alone refuses the cookie. An address, or a host without a registrable domain, may name itself and nothing " +
			"else, which makes the cookie host-only."},
	{DomainAsHost, "domain-as-host", "Section 5.6.3 and Section 5.7, steps 8 to 10",
		"The Domain attribute is compared as it stands, in lower case and without its first dot; octets above 0x7F refuse the cookie.",
		"It is canonicalized as the host of a URL is, Unicode included."},
	{WildcardParents, "wildcard-parents", "Section 5.7, step 9",
		"By the rule *.kawasaki.jp, kawasaki.jp is no public suffix.",
		"It is one."},
	{EmptyLabels, "empty-labels", "Section 5.1.2, step 2, and Section 5.7, step 9",
		"A name with an empty label cannot be canonicalized.",
		"Its registrable domain follows from what is after the empty label: example.com for a..example.com. Only a host that ends in two dots has no cookies."},
	{HostPrefixByText, "host-prefix-by-text", "Section 5.7, step 21",
		"A __Host- cookie is host-only, and its path is \"/\" by some Path attribute.",
		"Its last Path attribute is \"/\" and its last Domain attribute missing, empty, or the address of the host, even where " +
			"the cookie would be host-only with another."},
	{OrderByValue, "order-by-value", "Section 5.7, step 23.3",
		"A cookie that replaces another takes over its creation time.",
		"It does so only if the two have the same value; else it is the newest."},
	{LaxUnsafe, "lax-allowing-unsafe", "Section 5.6.7.2",
		"A user agent may send cookies without SameSite with a cross-site top-level POST while they are new.",
		"It does so for two minutes."},
	{ScriptUTF8, "script-utf-8", "Section 5.8.2",
		"A script reads the octets of the cookie-string.",
		"It reads nothing at all if they are not UTF-8."},

	{NoNameless, "no-nameless", "Section 5.6, step 3, and Section 5.7, step 2",
		"What stands without \"=\" is the value of a cookie without a name, and so is what follows a leading \"=\".",
		"What stands without \"=\" is the name of a cookie with an empty value, sent as \"a=\". A leading \"=\" refuses the line."},
	{ValueUTF8, "value-utf-8", "Section 5.7, step 5, and Section 5.8.2",
		"The value keeps the octets that were received. A script reads the octets of the cookie-string.",
		"Each sequence in the value that is not UTF-8 becomes U+FFFD before the cookie is stored. A script reads names likewise."},
	{NSPRDates, "nspr-dates", "Section 5.1.1",
		"A cookie-date is a time, a day, a month and a year, in any order, in GMT.",
		"It is read as Mozilla's NSPR reads dates: with zones and offsets, numbers with slashes, AM and PM, and perhaps no time at all. " +
			"The response's Date is read in the same way; of several, the first that can be read counts."},
	{SignedMaxAge, "signed-max-age", "Section 5.6.2, steps 2 and 3",
		"A Max-Age starts with a digit or \"-\", and has only digits after that.",
		"One that starts with \"-\" has expired, whatever follows; and once the number is at its bound, anything may follow."},
	{LongFlags, "long-flags", "Section 5.6, attributes, step 6",
		"An attribute is ignored if its value has more than 1024 octets.",
		"Secure, HttpOnly, Partitioned and SameSite are not: they count, however long their value is."},
	{NoEmptyLabels, "no-empty-labels", "Section 5.1.2, step 2",
		"A name with an empty label cannot be canonicalized. (The jar takes one unless it ends in two dots: the host has cookies for itself alone.)",
		"A host with an empty label has no cookies. One dot at the end does not count."},
	{DefaultNone, "default-none", "Section 5.6.7 and Section 5.8.3, step 3.5",
		"A cookie without SameSite is treated much as one with SameSite=Lax.",
		"It is treated as one with SameSite=None."},
	{SchemelessSites, "schemeless-sites", "Section 5.2",
		"http://example.com and https://example.com are cross-site.",
		"They are same-site."},
	{RedirectSites, "redirect-sites", "Section 5.2",
		"A request that was redirected through another site is judged by where it starts and ends.",
		"It is sent cookies as a cross-site request is. What its response sets is judged as in the draft."},
	{OverlayHostOnly, "overlay-host-only", "Section 5.7, step 16.3",
		"A Secure cookie shields the hosts above and below its domain, whether it is host-only or not.",
		"A host-only cookie shields only its own host, from cookies that the host would be sent."},
	{HostPrefixDefaultPath, "host-prefix-default-path", "Section 5.7, step 21",
		"A __Host- cookie has a Path attribute, which is \"/\".",
		"Its path is \"/\", with or without a Path attribute."},
	{ShortDefaultPath, "short-default-path", "Section 5.7, step 11",
		"A default-path may have any length.",
		"One of more than 1024 octets refuses the cookie."},
	{ThirdPartyApart, "third-party-apart", "Section 7.1",
		"User agents may treat third-party cookies as they like.",
		"Third-party cookies are kept apart for each top-level site, unless they are allowed or blocked outright."},
	{BlockedPartitioned, "blocked-partitioned", "Section 7.1",
		"User agents may treat third-party cookies as they like.",
		"If third-party cookies are blocked, cookies with the attribute Partitioned are blocked, too."},
	{SiteLimits, "site-limits", "Section 6.1 and Section 5.7, removal",
		"The draft leaves open how many cookies a domain may have, apart from a minimum. If there are too many, cookies without Secure go first.",
		"The 181st cookie of a site, in each partition, removes 31: cookies without Secure, even if they are fewer, and Secure ones only if " +
			"there are no others and the new cookie is Secure. Otherwise the new cookie is not kept. If third parties are kept apart, the Partitioned " +
			"cookies of a partition may have 12 KiB; past that they are cut to 10 KiB. Priorities do not count."},
}
