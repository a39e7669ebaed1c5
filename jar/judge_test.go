package jar_test

import (
	"fmt"
	"testing"

	"uacookie/jar"
	"uacookie/jar/policy"
)

// Judge says of a cookie that is not in the jar whether the jar would send it: the hosts are
// siblings, parents and strangers of each other.
func TestJudgeHosts(t *testing.T) {
	hosts := []string{"example.com", "www.example.com", "api.example.com", "a.www.example.com", "wwwexample.com", "example.org", "com", "localhost", "192.0.2.1"}
	for _, ua := range userAgents {
		for _, from := range hosts {
			for _, attribute := range []string{"", "; Domain=" + from, "; Domain=example.com"} {
				t.Run(fmt.Sprintf("%v/%s%s", ua, from, attribute), func(t *testing.T) {
					full := mustJar(t, &jar.Options{UserAgent: ua})
					v := full.Receive(host(from), []string{"a=1" + attribute})[0]
					if !v.OK() {
						return
					}
					empty := mustJar(t, &jar.Options{UserAgent: ua})
					for _, to := range hosts {
						got, sent := empty.Judge(v.Cookie, host(to)), full.Header(host(to)) != ""
						if got.OK() != sent {
							t.Errorf("Judge(%s) = %v, and it is sent: %t", to, got.Reason, sent)
						}
						if !sent && got.Reason != policy.ReasonOtherDomain {
							t.Errorf("Judge(%s) = %v, want %v", to, got.Reason, policy.ReasonOtherDomain)
						}
					}
				})
			}
		}
	}
}
