package rules

import (
	"uacookie/jar/internal/agent"
	"uacookie/jar/match"
	"uacookie/jar/policy"
)

// A row is a user agent's row of the table, with the rules as its methods.
type row struct{ *agent.Agent }

func rowOf(u policy.UserAgent) row { return row{agent.Of(int(u))} }

// Sites returns the sites of a public suffix list as u reads it; nil means the embedded
// list.
func Sites(u policy.UserAgent, list match.PublicSuffixList) match.Sites {
	return rowOf(u).Sites(match.NewSites(list))
}
