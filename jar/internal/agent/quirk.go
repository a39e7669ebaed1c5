package agent

// A Quirk is a named departure from the draft, or a set of them.
type Quirk uint32

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
	NamelessEquals
	LastWins
	LooseDates
	LooseMaxAge
	DomainAsHost
	WildcardParents
	EmptyLabels
	HostPrefixByText
	OrderByValue
	LaxUnsafe
	ScriptUTF8
)

// Quirks says of each quirk what the draft wants and what is done instead. For
// those of Chromium, the scenarios in testdata/browsers that show it are listed in
// the README.md there, which is made from this table.
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
		"A CR or LF refuses the line it is in.",
		"A CR or LF in a response ends the field; what follows it is lost, and after an LF at the end of a field all further fields."},
	{NamelessEquals, "nameless-equals", "Section 5.7, step 2",
		"A cookie without a name may have any value but the empty one.",
		"It is refused if the value has \"=\" in it: sent, it would pass for a cookie with a name."},
	{LastWins, "last-wins", "Section 5.6.1, step 2, and Section 5.6.2, steps 1 to 3",
		"An Expires or Max-Age that does not parse is ignored; an earlier one counts.",
		"The last one counts. If it does not parse, there is none."},
	{LooseDates, "loose-dates", "Section 5.1.1",
		"Date-tokens match productions that let other octets follow the digits.",
		"A token that starts with a digit is a time if it has a colon and else a number, with nothing but digits, " +
			"of which a time's fields may have any number, up to 32 bits, and the year one to five; years before 1601 are past, not an error."},
	{LooseMaxAge, "loose-max-age", "Section 5.6.2, steps 2 and 3",
		"A Max-Age starts with a digit or \"-\", and has only digits after that.",
		"It may start with \"+\"; and once the number is at its bound, anything may follow."},
	{DomainAsHost, "domain-as-host", "Section 5.6.3 and Section 5.7, steps 8 to 10",
		"The Domain attribute is compared as it stands, in lower case and without its first dot; octets above 0x7F refuse the cookie.",
		"It is canonicalized as the host of a URL is, Unicode included. One of a dot alone is refused. An address, or a host " +
			"without a registrable domain, may name itself, which makes the cookie host-only."},
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
}
