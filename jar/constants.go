package jar

import (
	"uacookie/jar/policy"
	"uacookie/jar/store"
)

// The user agents, for Options.UserAgent.
const (
	// Standard keeps the rules of RFC 6265bis. It is the zero value.
	Standard = policy.Standard
	// Compat lifts those rules that net/http/cookiejar lacks.
	Compat = policy.Compat
	// Chromium does as Chromium does.
	Chromium = policy.Chromium
	// Firefox does as Firefox does.
	Firefox = policy.Firefox
)

// What becomes of third-party cookies, for Context.ThirdParty.
const (
	ThirdPartyDefault     = policy.ThirdPartyDefault
	ThirdPartyAllowed     = policy.ThirdPartyAllowed
	ThirdPartyPartitioned = policy.ThirdPartyPartitioned
	ThirdPartyBlocked     = policy.ThirdPartyBlocked
)

// The same-site-flags, for Cookie.SameSite.
const (
	SameSiteDefault = store.SameSiteDefault
	SameSiteNone    = store.SameSiteNone
	SameSiteLax     = store.SameSiteLax
	SameSiteStrict  = store.SameSiteStrict
)

// The causes, for Change.Cause.
const (
	CauseStored           = store.CauseStored
	CauseOverwritten      = store.CauseOverwritten
	CauseExpiredOverwrite = store.CauseExpiredOverwrite
	CauseDeleted          = store.CauseDeleted
	CauseExpired          = store.CauseExpired
	CauseEvicted          = store.CauseEvicted
	CauseDisowned         = store.CauseDisowned
)
