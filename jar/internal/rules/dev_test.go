package rules_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/scenario"
)

func TestDev(t *testing.T) {
	for _, m := range []struct {
		dir string
		ua  jar.UserAgent
		tp  jar.ThirdParty
	}{{"", jar.Chromium, jar.ThirdPartyAllowed}, {"firefox", jar.Firefox, jar.ThirdPartyAllowed}, {"firefox-shipped", jar.Firefox, jar.ThirdPartyDefault}} {
		files, _ := filepath.Glob(filepath.Join("../../../testdata/browsers/recordings", m.dir, "*.jsonl"))
		for _, name := range files {
			data, _ := os.ReadFile(name)
			n, bad := 0, 0
			for s, err := range scenario.Read(bytes.NewReader(data)) {
				if err != nil {
					t.Fatal(err)
				}
				if !s.Scored() {
					continue
				}
				n++
				for _, r := range s.Replay(m.ua, m.tp, time.Time{}) {
					if !r.OK {
						bad++
						if os.Getenv("DEV") != "" {
							j, _ := json.Marshal(s.Steps[:r.Step+1])
							fmt.Printf("%s %s step %d: got %q want %q\n", name[len("../../../testdata/browsers/recordings/"):], s.ID, r.Step, r.Got, *r.Want)
							if os.Getenv("DEV") == "2" {
								if len(j) > 1500 {
									j = append(j[:1500], "..."...)
								}
								fmt.Println(string(j))
							}
						}
						break
					}
				}
			}
			fmt.Println(name, n, "bad", bad)
		}
	}
}
