package jar_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"uacookie/jar"
	"uacookie/jar/internal/agent"
)

// userAgents are all user agents: what is promised for every one is tested for each.
var userAgents = func() (all []jar.UserAgent) {
	for i := range agent.Agents {
		all = append(all, jar.UserAgent(i))
	}
	return all
}()

// Whoever chooses a user agent by its name finds it: every list of the names has all.
func TestAgentsAreNamed(t *testing.T) {
	for file, list := range map[string]string{
		"names.go":                       `(?s)// ParseUserAgent .*?\nfunc`,
		"../examples/cookies/explain.go": `Func\("as", .*`,
		"../examples/replay/main.go":     `Func\("as", .*`,
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile(list).FindString(string(text))
		for _, ua := range userAgents {
			if !strings.Contains(names, ua.String()) {
				t.Errorf("%s does not name %s where it lists the user agents", file, ua)
			}
		}
	}
}
