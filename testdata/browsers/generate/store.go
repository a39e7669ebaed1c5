package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"uacookie/testdata/browsers/scenario"
)

// rest returns scenarios about the Cookie Store API, and about what asks for things other than
// documents, scripts in them and elements.
func rest() []*scenario.Scenario {
	c := &collection{count: map[string]int{}}
	for _, topic := range []struct {
		name string
		add  func(*collection)
	}{
		{"store-get", storeGets}, {"store-set", storeSets}, {"store-delete", storeDeletes}, {"store-change", storeChanges},
		{"store-where", storeWhere}, {"store-worker", storeWorkers},
		{"worker", workers}, {"send", senders}, {"opaque", opaqueDocuments}, {"credentialless", credentialless}, {"embedder", embedders},
		{"exception", exceptions},
	} {
		c.topic = topic.name
		topic.add(c)
	}
	for _, s := range c.all {
		s.ID, s.Source = "rest"+s.ID[2:], "rest"+s.Source[len("kinds"):]
	}
	return c.all
}

// A dict is an argument of the Cookie Store API.
type dict = map[string]any

// call returns a call with arguments.
func call(method string, args ...any) scenario.Call {
	c := scenario.Call{Method: method}
	for _, a := range args {
		data, err := json.Marshal(a)
		if err != nil {
			panic(err)
		}
		c.Args = append(c.Args, data)
	}
	return c
}

// calling returns a step in which a script calls the Cookie Store API.
func calling(x scenario.Ctx, url string, calls ...scenario.Call) scenario.Step {
	x.Kind = scenario.Script
	s := set(x, url)
	s.Calls = calls
	return s
}

var getAll = call("getAll")

// storeGets are of get and getAll, by argument.
func storeGets(c *collection) {
	args := [][]any{
		{}, {"lax"}, {"nope"}, {""}, {"http"}, {" lax "}, {dict{}}, {dict{"name": "lax"}}, {dict{"name": ""}}, {nil},
		{dict{"url": bank + "a/b"}}, {dict{"url": "/a/b"}}, {dict{"url": bank + "a/b#x"}}, {dict{"url": bank + "a/c"}}, {dict{"url": evil}}, {dict{"url": "https://["}}, {dict{"url": ""}},
		{dict{"name": "lax", "url": bank + "a/b"}}, {dict{"name": "lax", "url": evil}}, {dict{"url": plain + "a/b"}}, {dict{"name": "chips"}},
		{dict{"url": bank}}, {dict{"url": bank + "worker.js"}}, {dict{"url": "."}},
	}
	var calls []scenario.Call
	for _, a := range args {
		calls = append(calls, call("get", a...), call("getAll", a...))
	}
	lines := []string{"twice=1; Path=/a", "twice=2", "=nameless", "domain=1; Domain=bank.test; Secure", "quoted=\"x\"", "path=1; Path=/b"}
	c.add(set(typed, bank+"a/b", lines...), calling(scenario.Ctx{}, bank+"a/b", calls...))
	c.add(set(typed, bank+"a/b", lines...), calling(scenario.Ctx{Top: bank + "a/b", Worker: "service"}, bank+"a/b", calls...))
	c.add(set(typed, bank, "high=\u00e4", "bad=\xff"), calling(scenario.Ctx{}, bank, getAll, call("get", "high"), call("get", "bad")))
}

// storeSets are of set: each argument, and then what there is.
func storeSets(c *collection) {
	try := func(x scenario.Ctx, url string, all ...[]any) {
		var calls []scenario.Call
		for _, args := range all {
			calls = append(calls, call("set", args...))
		}
		c.add(calling(x, url, append(calls, getAll)...), get(typed, bank), get(typed, bank+"x"), get(typed, www))
	}
	one := func(members dict) []any {
		all := dict{"name": "a", "value": "1"}
		for k, v := range members {
			all[k] = v
		}
		return []any{all}
	}
	try(scenario.Ctx{}, bank, []any{"a", "1"}, one(dict{"name": "b"}), []any{dict{"name": "c"}}, []any{dict{"value": "c"}}, []any{"d"}, []any{}, []any{dict{}}, []any{"e", nil}, []any{"f", 1})
	for _, bad := range []string{";", "=", "\x00", "\x01", "\t", "\n", "\r", "\x7f", " ", "\u00e4", ",", "\"", "\u0080", "\u2028"} {
		try(scenario.Ctx{}, bank, []any{"n" + bad + "x", "1"}, []any{"v", "x" + bad + "y"}, []any{bad + "lead", bad + "1"}, []any{"trail" + bad, "1" + bad})
	}
	try(scenario.Ctx{}, bank, []any{"", "v"})
	var nameless [][]any
	for _, value := range []string{"", "a=b", "=", " ", "__Host-x", "__secure-x", "__Http-x", "__Host-Http-x", "__Hos"} {
		nameless = append(nameless, []any{"", value})
	}
	try(scenario.Ctx{}, bank, nameless...)
	for _, name := range []string{"__Host-a", "__Secure-a", "__HOST-a", "__secure-a", "__Http-a", "__Host-Http-a", "__http-a", "__Host-"} {
		try(scenario.Ctx{}, bank, []any{name, "1"})
		var all [][]any
		for _, m := range []dict{{"domain": "bank.test"}, {"domain": nil}, {"path": "/x"}, {"path": "/"}, {"path": ""}} {
			m["name"] = name
			all = append(all, one(m))
		}
		try(scenario.Ctx{}, bank, all...)
	}
	// numbered returns arguments whose cookies have names of their own.
	numbered := func(all []dict) (args [][]any) {
		for i, m := range all {
			if m["name"] == nil {
				m["name"] = fmt.Sprint("a", i)
			}
			args = append(args, one(m))
		}
		return args
	}
	var domains, paths []dict
	for _, domain := range []any{nil, "", "bank.test", ".bank.test", "BANK.test", "www.bank.test", "evil.test", "test", "bank.test.", " bank.test", "b\u00e4nk.test", "bank.test:443", strings.Repeat("a", 1025) + ".test"} {
		domains = append(domains, dict{"domain": domain})
	}
	try(scenario.Ctx{}, bank, numbered(domains)...)
	try(scenario.Ctx{}, www, numbered(domains)...)
	try(scenario.Ctx{}, "https://127.0.0.1/", one(dict{"domain": "127.0.0.1"}), one(dict{"name": "b"}))
	try(scenario.Ctx{}, "http://localhost/", one(dict{"domain": "localhost"}), one(dict{"name": "b"}), []any{"__Host-c", "1"})
	for _, path := range []any{"", "/", "/x", "x", "/x/", "/y", "/\u00e4", "/x;y", "/x\x01", " /x", "/" + strings.Repeat("a", 1023), "/" + strings.Repeat("a", 1024), nil} {
		paths = append(paths, dict{"path": path})
	}
	try(scenario.Ctx{}, bank+"x", numbered(paths)...)
	members := []dict{
		{"expires": nil}, {"expires": 0}, {"expires": -1}, {"expires": 1e9}, {"expires": 4e12}, {"expires": "x"}, {"expires": "2100-01-01"},
		{"sameSite": "strict"}, {"sameSite": "lax"}, {"sameSite": "none"}, {"sameSite": "Strict"}, {"sameSite": ""}, {"partitioned": true}, {"partitioned": true, "sameSite": "none"},
		{"secure": false}, {"httpOnly": true}, {"name": "lax"}, {"name": "lax", "domain": "bank.test"}, {"name": "http"}, {"name": "http", "path": "/x"}, {"name": "chips", "partitioned": true},
	}
	try(scenario.Ctx{}, bank, numbered(members)...)
	for _, m := range []dict{
		{"expires": 1e15}, {"expires": -1e15}, {"expires": 1e18}, {"maxAge": 100}, {"maxAge": 0}, {"maxAge": -1}, {"maxAge": 1e15}, {"maxAge": 100, "expires": 0}, {"maxAge": nil},
	} {
		try(scenario.Ctx{}, bank, one(m))
	}
	var calls []scenario.Call
	for _, args := range numbered(members) {
		calls = append(calls, call("set", args...))
	}
	c.add(calling(scenario.Ctx{}, bank, append(calls, getAll)...), get(link(evil), bank), get(iframe(evil), bank), get(iframe(bank), bank))
	for _, n := range []int{4095, 4096} {
		try(scenario.Ctx{}, bank, []any{"a", strings.Repeat("b", n)})
		try(scenario.Ctx{}, bank, []any{strings.Repeat("a", n), "b"})
		try(scenario.Ctx{}, bank, []any{"", strings.Repeat("b", n+1)})
		try(scenario.Ctx{}, bank, []any{"aa", strings.Repeat("\u00e4", n/2)})
	}
}

// storeDeletes are of delete.
func storeDeletes(c *collection) {
	lines := []string{"host=1", "domain=1; Domain=bank.test", "path=1; Path=/x", "__Host-h=1; Secure; Path=/", "__Secure-s=1; Secure", "=nameless", "secure=1; Secure", "__Http-x=1; Secure; HttpOnly"}
	for _, args := range [][]any{
		{"host"}, {"domain"}, {"path"}, {"__Host-h"}, {"__Secure-s"}, {""}, {"secure"}, {"http"}, {"chips"}, {"nope"}, {"a=b"}, {"a;b"}, {}, {dict{}}, {dict{"name": "host"}}, {"__Http-x"},
		{dict{"name": "domain", "domain": "bank.test"}}, {dict{"name": "domain", "domain": ".bank.test"}}, {dict{"name": "domain", "domain": "evil.test"}}, {dict{"name": "host", "domain": "bank.test"}},
		{dict{"name": "path", "path": "/x"}}, {dict{"name": "path", "path": "/x/"}}, {dict{"name": "path", "path": "x"}}, {dict{"name": "host", "path": ""}}, {dict{"name": "chips", "partitioned": true}}, {dict{"name": "__Host-h", "path": "/x"}},
		{dict{"name": "strict"}}, {" host "}, {strings.Repeat("a", 4097)},
	} {
		c.add(set(typed, bank+"x", lines...), calling(scenario.Ctx{}, bank+"x", call("delete", args...), call("await"), getAll), get(typed, bank+"x"))
	}
}

// storeChanges are of change events in documents.
func storeChanges(c *collection) {
	await := call("await")
	for _, calls := range [][]scenario.Call{
		{call("set", "a", "1"), await}, {call("set", "lax", "1"), await}, {call("set", "lax", "2"), await}, {call("delete", "lax"), await}, {call("delete", "nope"), await},
		{call("set", dict{"name": "a", "value": "1", "expires": 4e12, "path": "/x", "domain": "bank.test", "sameSite": "lax"}), await},
		{call("set", dict{"name": "a", "value": "1", "path": "/elsewhere"}), await}, {call("set", dict{"name": "a", "value": "1", "expires": 0}), await},
		{call("set", dict{"name": "lax", "value": "1", "expires": 0}), await}, {call("set", dict{"name": "p", "value": "1", "sameSite": "none", "partitioned": true}), await},
		{call("write", "w=1"), await}, {call("write", "w=1; Secure; SameSite=None; Max-Age=100; Domain=bank.test"), await}, {call("write", "lax=; Max-Age=0; Secure"), await}, {call("write", "w=1; Path=/elsewhere"), await},
		{call("set", "", "nameless"), await}, {call("delete", "http"), await}, {call("delete", "chips"), await}, {call("delete", dict{"name": "chips", "partitioned": true}), await},
		{call("write", "=n"), await}, {call("write", "n"), await},
	} {
		c.add(calling(scenario.Ctx{}, bank+"x", calls...))
	}
	for _, line := range []string{"f=1", "f=1; HttpOnly", "lax=1; Secure; SameSite=Lax", "lax=2; Secure; SameSite=Lax", "lax=; Max-Age=0", "http=; Max-Age=0; Secure", "lax=3; HttpOnly; Secure", "http=2; Secure", "f=1; Path=/elsewhere", "f=1; Domain=bank.test; Max-Age=1000", "f=\xff", "f=", "f=1; SameSite=Strict; Secure; Partitioned"} {
		s := calling(scenario.Ctx{}, bank+"x", call("fetch"), await)
		s.Lines = set(typed, bank, line).Lines
		c.add(s)
	}
}

// storeWhere are of the documents that have, or have not, a Cookie Store.
func storeWhere(c *collection) {
	calls := func() []scenario.Call {
		return []scenario.Call{
			getAll, call("get", "lax"), call("get", "none"), call("set", "strict2", "1"), call("set", dict{"name": "none2", "value": "1", "sameSite": "none"}),
			call("set", dict{"name": "chips2", "value": "1", "sameSite": "none", "partitioned": true}), getAll, call("delete", "none"), call("delete", dict{"name": "chips2", "partitioned": true}), call("await"), getAll,
		}
	}
	c.add(calling(scenario.Ctx{}, plain, calls()...))
	c.add(calling(scenario.Ctx{Top: bank}, bank, calls()...))
	c.add(calling(scenario.Ctx{}, local, calls()...))
	for _, top := range []string{bank, www, evil, "http://evil.test/"} {
		for _, f := range []scenario.Frame{{URL: bank + "f"}, {URL: "about:srcdoc"}, {URL: "about:blank"}, {URL: "data:"}, {URL: "blob:"}, {URL: bank + "f", Sandbox: new("allow-scripts")}, {URL: bank + "f", Credentialless: true}} {
			url := f.URL
			if !strings.HasPrefix(url, "https:") {
				url = top
			}
			c.addBoth(calling(scenario.Ctx{Top: top, Frames: []scenario.Frame{f}}, url, calls()...), get(typed, bank), get(iframe(evil), bank))
		}
	}
	c.addBoth(calling(scenario.Ctx{Top: bank, Frames: []scenario.Frame{{URL: evil}, {URL: bank + "f"}}}, bank+"f", calls()...), get(typed, bank))
	c.add(calling(scenario.Ctx{Top: bank, PageFields: []string{"Content-Security-Policy: sandbox allow-scripts"}}, bank, calls()...))
}

// storeWorkers are of the Cookie Store in workers, and subscriptions.
func storeWorkers(c *collection) {
	service := scenario.Ctx{Top: bank, Worker: "service"}
	await, list := call("await"), call("getSubscriptions")
	sub := func(all ...dict) scenario.Call {
		if all == nil {
			all = []dict{}
		}
		return call("subscribe", all)
	}
	un := func(all ...dict) scenario.Call { return call("unsubscribe", all) }
	for _, calls := range [][]scenario.Call{
		{getAll, call("get", "lax"), call("set", "a", "1"), call("set", dict{"name": "b", "value": "1", "domain": "bank.test", "path": "/x"}), call("delete", "lax"), getAll, call("set", "__Host-c", "1"), call("set", "", "")},
		{list, sub(dict{"name": "a"}), list, call("set", "a", "1"), await, call("set", "b", "1"), call("delete", "a"), await},
		{sub(dict{}), list, call("set", "a", "1"), await, call("delete", "a"), await},
		{sub(dict{"name": "a"}, dict{"name": "a"}, dict{"name": "b"}), list, un(dict{"name": "a"}), list, call("set", "a", "1"), call("set", "b", "1"), await},
		{sub(dict{"url": bank + "x"}), list, call("set", dict{"name": "a", "value": "1", "path": "/y"}), call("set", dict{"name": "b", "value": "1", "path": "/x"}), await},
		{sub(dict{"url": "/x", "name": "a"}), list}, {sub(dict{"url": evil}), list}, {sub(dict{"url": bank}), list}, {sub(), list}, {call("subscribe"), list}, {sub(dict{"name": ""}), list},
		{un(dict{"name": "a"}), list}, {sub(dict{"name": " a "}), list}, {sub(dict{"name": "a", "matchType": "starts-with"}), list},
		{call("set", "a", "1"), await}, {sub(dict{"name": "http"}), call("delete", "http"), await}, {sub(dict{"name": "lax"}), call("set", "lax", "1"), await, call("set", "lax", "2"), await},
	} {
		c.add(calling(service, bank, calls...), get(typed, bank))
	}
	for _, line := range []string{"f=1", "f=1; HttpOnly", "lax=; Max-Age=0"} {
		s := calling(service, bank, sub(dict{}), call("fetch"), await)
		s.Lines = set(typed, bank, line).Lines
		c.add(s)
	}
	for _, kind := range []string{"dedicated", "shared"} {
		c.add(calling(scenario.Ctx{Top: bank, Worker: kind}, bank, getAll))
	}
	for _, kind := range []string{"service"} {
		x := inside(scenario.Script, evil, bank+"f")
		x.Worker = kind
		c.addBoth(calling(x, bank+"f", getAll, call("set", dict{"name": "none2", "value": "1", "sameSite": "none"}), call("set", "strict2", "1"), call("set", dict{"name": "chips2", "value": "1", "sameSite": "none", "partitioned": true}), getAll), get(typed, bank), get(iframe(evil), bank))
	}
}
