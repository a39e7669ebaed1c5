package policy

import "fmt"

// ThirdParty is a choice about the cookies in third-party contexts: see [Context].
type ThirdParty uint8

const (
	// ThirdPartyDefault is the user agent's own choice: ThirdPartyPartitioned for
	// Firefox, ThirdPartyAllowed for all others.
	ThirdPartyDefault ThirdParty = iota

	// ThirdPartyAllowed gives third parties the cookies that they have as first parties.
	ThirdPartyAllowed

	// ThirdPartyPartitioned gives a third party a jar of its own for each top-level
	// site, as Firefox does with Total Cookie Protection. A cookie that a third party sets
	// goes to the partition that it would go to with the attribute Partitioned, and a
	// third party reads only that partition.
	//
	// Chromium and the draft have no such mode. With their user agents it means the same,
	// by their own definition of same-site.
	ThirdPartyPartitioned

	// ThirdPartyBlocked gives third parties no cookies except those set with the attribute
	// Partitioned. With Firefox, it gives them no cookies at all.
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
