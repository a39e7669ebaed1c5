package policy

import "fmt"

// ThirdParty is what becomes of cookies in third-party contexts: see [Context].
type ThirdParty uint8

const (
	// ThirdPartyDefault is the user agent's own way: ThirdPartyPartitioned for
	// Firefox, ThirdPartyAllowed for all others.
	ThirdPartyDefault ThirdParty = iota

	// ThirdPartyAllowed lets third parties have the cookies that they have elsewhere.
	ThirdPartyAllowed

	// ThirdPartyPartitioned gives a third party a jar of its own for each top-level
	// site, as Firefox does where it has Total Cookie Protection. A cookie that is set
	// there goes to the partition that a Partitioned one would go to, and only that
	// partition is read.
	//
	// Chromium has no such mode, nor has the draft. With their user agents it means
	// the same, under their own definition of same-site: it is as if each cookie that a
	// third party sets had the attribute Partitioned.
	ThirdPartyPartitioned

	// ThirdPartyBlocked lets third parties have no cookies but those of CHIPS, which are
	// set with the attribute Partitioned. As Firefox it lets them have none at all.
	ThirdPartyBlocked
)

// thirdParties are the texts of a ThirdParty.
var thirdParties = [...]string{"agent", "allow", "partition", "block"}

// String returns a word for t: "agent", "allow", "partition" or "block".
func (t ThirdParty) String() string {
	if int(t) < len(thirdParties) {
		return thirdParties[t]
	}
	return fmt.Sprintf("ThirdParty(%d)", uint8(t))
}
