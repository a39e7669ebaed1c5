package main

import (
	"bytes"
	"encoding/json"
	"time"

	"uacookie/jar/cookiefile"
)

// readFile compares the reading of FormatJSON with encoding/json, in place of
// net/http/cookiejar, which has no files. An operation is one cookie.
func readFile() sides {
	const cookies = 10_000
	j := newOwn(true)
	for _, s := range manySites(cookies / 5) {
		ownJar{j}.set(s, few(5))
	}
	var file bytes.Buffer
	if err := cookiefile.Write(&file, j.All(), nil); err != nil {
		panic(err)
	}
	lines := bytes.SplitAfter(file.Bytes(), []byte("\n"))[1 : cookies+1]
	type record struct {
		Name, Value, Domain, Path    string
		HostOnly, Secure, HTTPOnly   bool
		SameSite                     string
		Expires, Created, LastAccess time.Time
		Order                        uint64
	}
	return sides{
		std: func(n int) {
			for i := range n {
				var r record
				if err := json.Unmarshal(lines[i%cookies], &r); err != nil || r.Name == "" {
					panic("not read")
				}
			}
		},
		own: func(n int) {
			for n > 0 {
				for c, err := range cookiefile.Read(bytes.NewReader(file.Bytes()), &cookiefile.ReadOptions{Format: cookiefile.FormatJSON}) {
					if err != nil || c.Name == "" {
						panic("not read")
					}
					if n--; n == 0 {
						break
					}
				}
			}
		},
	}
}
