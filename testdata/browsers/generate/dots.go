package main

import (
	"fmt"
	"strings"

	"uacookie/testdata/browsers/scenario"
)

// dotted are hosts with dots where most have none. Those that have no cookies at all
// are told apart by what a host says to itself.
var dotted = []string{
	"shop.test", "shop.test.", "shop.test..", "shop.test...", "shop..test", "shop..test.", "shop..test..", "shop...test", ".shop.test", "..shop.test", ".shop.test.", ".shop.test..", "a..shop.test", "a..shop.test..", "a.shop.test..", "a.shop..test",
	".", "..", "...", "a.", "a..", "a...", ".a", ".a.", ".a..", "..a", "a..b", "a..b..", "test", "test.", "test..",
	"localhost", "localhost.", "localhost..", "a.localhost.", "a.localhost..", "a..localhost", "a..localhost..",
	"co.uk.", "co.uk..", "shop.co.uk.", "shop.co.uk..", "www.shop.co.uk..", "shop.co..uk", "shop..co.uk", "github.io..", "a.github.io..", "city.kawasaki.jp..", "a.b.kawasaki.jp..", "www.ck..",
	"127.0.0.1", "127.0.0.1..", "1..", "0x7f.1..", "127.1..", "a.1..", "1.a..", "127.0.0.1.a..", "[::1]",
}

// dottedHosts returns scenarios about such hosts: with and without a Domain attribute,
// from the response and by a script, and what the hosts next to them get.
func dottedHosts() []*scenario.Scenario {
	var all []*scenario.Scenario
	for i, host := range dotted {
		url := "http://" + host + "/"
		lines := []string{
			"plain=1", "path=1; Path=/", "self=1; Domain=" + host, "dot=1; Domain=." + host, "after=1; Domain=" + host + ".", "two=1; Domain=" + host + "..",
			"shop=1; Domain=shop.test", "shop-dot=1; Domain=shop.test.", "shop-dots=1; Domain=shop.test..", "top=1; Domain=test..", "only=1; Domain=.", "only2=1; Domain=..", "gone=1; Max-Age=0", "none=1; Domain=", "uk=1; Domain=shop.co.uk..",
		}
		add := func(what string, steps ...scenario.Step) {
			all = append(all, &scenario.Scenario{ID: fmt.Sprintf("dots-%s-%d", what, i), Source: "dots/" + what, Steps: append([]scenario.Step{set(typed, url, lines...)}, steps...)})
		}
		add("host", get(typed, url), get(scripted, url), get(fetch(url), url))
		add("script", set(scripted, url, "script=1", "script-self=1; Domain="+host), get(scripted, url), get(typed, url))
		if strings.HasPrefix(host, "[") || host == "127.0.0.1" {
			continue // there are no hosts near an address
		}
		var near []scenario.Step
		for _, next := range []string{host + ".", "a." + host, "shop.test", "shop.test.", "a.shop.test."} {
			near = append(near, get(typed, "http://"+next+"/"))
		}
		add("near", near...)
	}
	// Cookies of hosts without such dots do not reach those that have them, nor do
	// those that a page has in a frame.
	for i, host := range []string{"shop.test..", "shop.test.", "a..shop.test", ".shop.test", "a.shop.test.."} {
		url := "http://" + host + "/"
		all = append(all, &scenario.Scenario{ID: fmt.Sprintf("dots-from-%d", i), Source: "dots/from", Steps: []scenario.Step{
			set(typed, "http://shop.test/", "d=1; Domain=shop.test", "h=1"), set(typed, "http://shop.test./", "e=1; Domain=shop.test.", "i=1"),
			get(typed, url), set(fetch(url), url, "lax=1", "strict=1; SameSite=Strict"), set(link(url), url, "linked=1; SameSite=Strict"),
			get(fetch(url), url), get(link(url), url), get(iframe(url), url), get(post("http://evil.test/"), url), get(fetch(url), "http://shop.test/"), get(fetch("http://shop.test/"), url),
		}})
	}
	return all
}
