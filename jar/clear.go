package jar

import (
	"strings"

	"uacookie/jar/internal/rules"
)

// ClearSiteData removes the cookies that the Clear-Site-Data fields of the response to r
// remove in a browser, and returns their number. If "cookies" or "*", in quotes, is among the
// members of the fields, these are the cookies of all hosts of the registrable domain. Of the
// partitioned cookies only those in the partition of r are removed, and if third-party cookies
// are blocked or partitioned, a third party removes no others. Firefox removes fewer: the cookies
// whose Domain is the host, and either the unpartitioned ones or, for a third party, those of the
// partition. A response over an insecure connection removes nothing.
//
// Call ClearSiteData after [Jar.Receive], because browsers also remove what the same response
// sets. Do not call it for a request that was sent without credentials, unless as Firefox. See
// Clear Site Data, Section 4.2.
func (j *Jar) ClearSiteData(r *Request, fields []string) int {
	if !clearsCookies(fields) {
		return 0
	}
	var p rules.Policy
	j.rules(&p)
	clears := p.Clears(r)
	if clears == nil {
		return 0
	}
	return j.Delete(clears)
}

// clearsCookies reports whether the members of Clear-Site-Data fields include cookies.
func clearsCookies(fields []string) bool {
	for _, f := range fields {
		for member := range strings.SplitSeq(f, ",") {
			switch strings.Trim(member, " \t") {
			case `"cookies"`, `"*"`:
				return true
			}
		}
	}
	return false
}
