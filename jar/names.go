package jar

import (
	"fmt"

	"uacookie/jar/internal/agent"
	"uacookie/jar/match"
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// A Cookie is one stored cookie with all its attributes: see [store.Cookie] for its fields.
type Cookie = store.Cookie

// A Key is a cookie's identity: see [store.Key] for its fields. [Cookie.Key] returns it.
type Key = store.Key

// A Partition is the key of a CHIPS partition: see [store.Partition] for its fields.
type Partition = store.Partition

// A Change is a cookie that was stored in a jar or removed from it, with the [Cause]: see
// [store.Change].
type Change = store.Change

// Limits bound the number of cookies in a jar: see [store.Limits] for the fields.
type Limits = store.Limits

// A Request is what decides about cookies in one HTTP request and its response, or in a
// script's access to document.cookie: see [policy.Request] for its fields.
type Request = policy.Request

// A Context is what a browser knows about how a request comes about: see [policy.Context]
// for its fields.
type Context = policy.Context

// A Verdict is the decision about one cookie: see [policy.Verdict] for its fields and
// methods.
type Verdict = policy.Verdict

// A Step is one rule that was tried on the way to a Verdict: see [policy.Step] for its
// fields. [Verdict.Steps] returns the Steps.
type Step = policy.Step

// A Refusal is the error for a cookie that was refused or withheld: see [policy.Refusal] for
// its fields.
type Refusal = policy.Refusal

// A Reason is the rule by which a cookie was refused or withheld. Its constants are in
// package policy: see [policy.Reason]. errors.Is(err, policy.ReasonSecureOverlay) tells
// whether a Refusal has that Reason.
type Reason = policy.Reason

// Reasons returns every Reason, in the order in which rules are tried.
func Reasons() []Reason { return policy.Reasons() }

// A Part is a piece of a Set-Cookie line: see [policy.Part] for its fields. [Jar.Parts]
// returns the Parts of a line.
type Part = policy.Part

// A UserAgent is the set of rules that a jar follows: see [policy.UserAgent].
type UserAgent = policy.UserAgent

// The user agents, for Options.UserAgent.
const (
	Standard = policy.Standard // the rules of RFC 6265bis; the zero value
	Compat   = policy.Compat   // without the rules that net/http/cookiejar does not have
	Chromium = policy.Chromium // what Chromium does
	Firefox  = policy.Firefox  // what Firefox does
)

// ParseUserAgent returns the user agent whose String is name: "standard", "compat",
// "chromium" or "firefox".
func ParseUserAgent(name string) (UserAgent, error) {
	names := make([]string, len(agent.Agents))
	for i := range agent.Agents {
		if agent.Agents[i].Name == name {
			return UserAgent(i), nil
		}
		names[i] = agent.Agents[i].Name
	}
	return 0, fmt.Errorf("unknown user agent %q: want one of %q", name, names)
}

// ThirdParty is what becomes of third-party cookies, for Context.ThirdParty: see
// [policy.ThirdParty].
type ThirdParty = policy.ThirdParty

// The choices about third-party cookies. The zero value leaves it to the user agent.
const (
	ThirdPartyDefault     = policy.ThirdPartyDefault
	ThirdPartyAllowed     = policy.ThirdPartyAllowed
	ThirdPartyPartitioned = policy.ThirdPartyPartitioned
	ThirdPartyBlocked     = policy.ThirdPartyBlocked
)

// ParseThirdParty returns the choice that is written as text: "allow", "partition", "block" or
// "agent".
func ParseThirdParty(text string) (ThirdParty, error) {
	var texts []string
	for t := ThirdPartyDefault; t <= ThirdPartyBlocked; t++ {
		if t.String() == text {
			return t, nil
		}
		texts = append(texts, t.String())
	}
	return 0, fmt.Errorf("unknown choice %q for third-party cookies: want one of %q", text, texts)
}

// SameSite is a cookie's same-site-flag.
type SameSite = store.SameSite

// The same-site-flags, for Cookie.SameSite.
const (
	SameSiteDefault = store.SameSiteDefault // there is no SameSite attribute, or an unknown one
	SameSiteNone    = store.SameSiteNone
	SameSiteLax     = store.SameSiteLax
	SameSiteStrict  = store.SameSiteStrict
)

// A Priority is Chromium's Priority attribute: it decides which cookies of a site are
// evicted first.
type Priority = store.Priority

// The priorities, for Cookie.Priority. The zero value is Medium.
const (
	PriorityLow    = store.PriorityLow
	PriorityMedium = store.PriorityMedium
	PriorityHigh   = store.PriorityHigh
)

// A Cause says what a [Change] is.
type Cause = store.Cause

// The causes, for Change.Cause. After CauseStored the cookie is in the jar; after every other
// Cause it is not.
const (
	CauseStored           = store.CauseStored           // the cookie is new, or replaces one
	CauseOverwritten      = store.CauseOverwritten      // a cookie of the same Key replaced it
	CauseExpiredOverwrite = store.CauseExpiredOverwrite // an expired cookie of the same Key removed it: servers delete so
	CauseDeleted          = store.CauseDeleted          // Remove, Delete, Clear or EndSession removed it
	CauseExpired          = store.CauseExpired          // it had expired
	CauseEvicted          = store.CauseEvicted          // a limit was reached
	CauseDisowned         = store.CauseDisowned         // its domain became a public suffix
)

// A PublicSuffixList has the methods of net/http/cookiejar's: see [match.PublicSuffixList].
type PublicSuffixList = match.PublicSuffixList
