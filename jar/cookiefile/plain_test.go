package cookiefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"uacookie/jar"
)

// modelOwn is the line of a cookie in JSON, by encoding/json.
func modelOwn(c jar.Cookie) []byte {
	octets := func(s string) any {
		if utf8.ValidString(s) {
			return s
		}
		return octetsObject{[]byte(s)}
	}
	type partition struct {
		TopLevelSite      any  `json:"topLevelSite"`
		CrossSiteAncestor bool `json:"crossSiteAncestor"`
	}
	r := struct {
		Name       any        `json:"name"`
		Value      any        `json:"value"`
		Domain     any        `json:"domain"`
		HostOnly   bool       `json:"hostOnly,omitzero"`
		Path       any        `json:"path"`
		Expires    time.Time  `json:"expires,omitzero"`
		Secure     bool       `json:"secure,omitzero"`
		HTTPOnly   bool       `json:"httpOnly,omitzero"`
		SameSite   string     `json:"sameSite,omitzero"`
		Priority   string     `json:"priority,omitzero"`
		Partition  *partition `json:"partition,omitzero"`
		Created    time.Time  `json:"created,omitzero"`
		LastAccess time.Time  `json:"lastAccess,omitzero"`
		Order      uint64     `json:"order,omitzero"`
	}{
		Name: octets(c.Name), Value: octets(c.Value), Domain: octets(c.Domain), HostOnly: c.HostOnly, Path: octets(c.Path),
		Expires: c.Expires.UTC(), Secure: c.Secure, HTTPOnly: c.HttpOnly, SameSite: c.SameSite.String(),
		Created: c.Created.UTC(), LastAccess: c.LastAccess.UTC(), Order: c.Order,
	}
	if c.Priority != 0 {
		r.Priority = c.Priority.String()
	}
	if p := c.Partition; p != (jar.Partition{}) {
		r.Partition = &partition{octets(p.TopLevelSite), p.CrossSiteAncestor}
	}
	return marshal(r)
}

// modelBrowser is a cookie in one of the browsers' formats, by encoding/json.
func modelBrowser(c jar.Cookie, format Format) []byte {
	r := struct {
		Name      string          `json:"name"`
		Value     string          `json:"value"`
		Domain    string          `json:"domain"`
		Path      string          `json:"path"`
		Expires   json.Number     `json:"expires,omitempty"`
		Expiry    json.Number     `json:"expiry,omitempty"`
		HTTPOnly  bool            `json:"httpOnly"`
		Secure    bool            `json:"secure"`
		SameSite  string          `json:"sameSite,omitempty"`
		Size      *int            `json:"size,omitempty"`
		Session   *bool           `json:"session,omitempty"`
		Priority  string          `json:"priority,omitempty"`
		Partition json.RawMessage `json:"partitionKey,omitempty"`
		Ancestor  *bool           `json:"_crHasCrossSiteAncestor,omitempty"`
	}{
		Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, Expires: "-1",
		HTTPOnly: c.HttpOnly, Secure: c.Secure, SameSite: c.SameSite.String(),
	}
	if !c.HostOnly {
		r.Domain = "." + c.Domain
	}
	if format == FormatPlaywright && r.SameSite == "" {
		r.SameSite = "Lax"
	}
	if c.Persistent() {
		micros := c.Expires.UnixMicro()
		r.Expires = json.Number(fmt.Sprint(micros / 1e6))
		if f := micros % 1e6; f != 0 {
			r.Expires += json.Number(fmt.Sprintf(".%06d", f))
		}
	}
	if format == FormatWebDriver {
		r.Expires = ""
		if c.Persistent() {
			r.Expiry = json.Number(fmt.Sprint(c.Expires.Unix()))
		}
	}
	if format != FormatPlaywright && format != FormatWebDriver {
		size, session := len(c.Name)+len(c.Value), !c.Persistent()
		r.Size, r.Session, r.Priority = &size, &session, c.Priority.String()
	}
	if p := c.Partition; p != (jar.Partition{}) {
		site, ancestor := strconv.Quote(p.TopLevelSite), strconv.FormatBool(p.CrossSiteAncestor)
		switch format {
		case FormatPlaywright:
			r.Partition, r.Ancestor = json.RawMessage(site), &p.CrossSiteAncestor
		case FormatPuppeteer:
			r.Partition = json.RawMessage(`{"sourceOrigin":` + site + `,"hasCrossSiteAncestor":` + ancestor + `}`)
		default:
			r.Partition = json.RawMessage(`{"topLevelSite":` + site + `,"hasCrossSiteAncestor":` + ancestor + `}`)
		}
	}
	return marshal(r)
}

// What is written is what encoding/json writes.
func TestPlainWrite(t *testing.T) {
	all := sample()
	for b := range 0x80 { // each character by itself
		c := all[0]
		c.Name, c.Value = "octet", "x"+string(rune(b))
		all = append(all, c)
	}
	for _, f := range []Format{FormatJSON, FormatPlaywright, FormatCDP, FormatPuppeteer, FormatWebDriver} {
		for _, c := range all {
			want := modelOwn(c)
			if f != FormatJSON {
				if !utf8.ValidString(c.Name+c.Value) || f == FormatWebDriver && c.Partition != (jar.Partition{}) {
					continue // left out
				}
				want = modelBrowser(c, f)
			}
			var b bytes.Buffer
			if err := Write(&b, func(yield func(jar.Cookie) bool) { yield(c) }, &WriteOptions{Format: f, Lost: func(*Loss) {}}); err != nil {
				t.Fatal("Write:", err)
			}
			if got := bytes.Split(b.Bytes(), []byte("\n"))[1]; !bytes.Equal(got, want) {
				t.Errorf("Write as %v =\n%s\nwant\n%s", f, got, want)
			}
		}
	}
}

// slowOwn is parseOwn by encoding/json alone.
func slowOwn(line []byte) (jar.Cookie, Skip) {
	return parseOwn(append([]byte(`{"name":"\u0061",`), line[1:]...)) // the last member of a name counts
}

// What is read without encoding/json is what encoding/json reads.
func FuzzPlainRead(f *testing.F) {
	for _, c := range sample() {
		f.Add(modelOwn(c))
		f.Add(modelBrowser(c, FormatCDP))
		f.Add(modelBrowser(c, FormatPlaywright))
	}
	for _, name := range []string{"browser.json", "tools.json"} {
		for _, v := range vectors(f, name) {
			f.Add(bytes.Trim([]byte(v.Input), "[]"))
		}
	}
	for _, s := range []string{
		`{"name":"a","value":"1","domain":"a.test","path":"/","expires":"2096-02-29T23:59:59.000001Z","created":"0001-01-01T00:00:00.123456789Z","order":18446744073709551615}`,
		`{"name":"a","value":"1","domain":"a.test","path":"/","expires":"2100-02-29T00:00:00Z"}`, `{"name":"a","value":"1","domain":"a.test","path":"/","created":"2100-12-31T24:00:00Z"}`,
		`{"name":"a","value":"1","domain":"a.test","path":"/","created":"2100-02-28T00:00:60.5Z","order":007}`, `{"name":"a","value":"1","domain":"a.test","path":"/","created":"2100-04-31T00:00:00.Z"}`,
		`{"name":"a","value":"1","domain":"a.test","path":"/","sameSite":"Lax","lastAccess":"0000-01-31T00:00:00.0000000001Z","order":-1}`,
		`{}`, `{ "name" : "a" , "secure" : true }`, `{"name":"a",}`, `{"name":"a"}}`, `{"Name":"a"}`, `{"order":01}`, `{"order":1.0}`,
		`{"expires":-0.5,"size":1}`, `{"expires":1e3}`, `{"expires":1.}`, `{"expires":-}`, `{"secure":truee}`, `{"name":"a" "b":1}`, `{"name":"a`, "{\"name\":\"\t\"}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !utf8.Valid(raw) {
			return // neither is called then
		}
		var gotRecord, wantRecord record
		if gotRecord.scan(raw) {
			if err := json.Unmarshal(raw, &wantRecord); err != nil {
				t.Errorf("record.scan(%q) = true, and encoding/json says %v", raw, err)
			} else if d := cmp.Diff(wantRecord, gotRecord); d != "" {
				t.Errorf("record.scan(%q) (-want +got)\n%s", raw, d)
			}
		}
		var r writtenReader
		if got, ok := r.cookie(raw); ok {
			want, why := slowOwn(raw)
			if d := cmp.Diff(want, got); why != 0 || d != "" {
				t.Errorf("writtenReader.cookie(%q): parseOwn skips it as %v (-want +got)\n%s", raw, why, d)
			}
			if again, _ := r.cookie(raw); again != got {
				t.Errorf("writtenReader.cookie(%q) is another cookie the second time", raw)
			}
		}
		var gotCookie, wantCookie browserCookie
		if gotCookie.scan(raw) {
			if err := json.Unmarshal(raw, &wantCookie); err != nil {
				t.Errorf("browserCookie.scan(%q) = true, and encoding/json says %v", raw, err)
			} else if d := cmp.Diff(wantCookie, gotCookie); d != "" {
				t.Errorf("browserCookie.scan(%q) (-want +got)\n%s", raw, d)
			}
		}
	})
}

// Most cookies are read so; else there would be no point.
func TestPlainRead(t *testing.T) {
	c := jar.Cookie{Name: "a", Value: "1=2", Domain: "example.com", HostOnly: true, Path: "/", Expires: today, Secure: true,
		SameSite: 1, Created: today, LastAccess: today, Order: 7}
	if line := modelOwn(c); !new(record).scan(line) {
		t.Errorf("record.scan(%s) = false, want true", line)
	} else if got, ok := new(writtenReader).cookie(line); !ok || got != c {
		t.Errorf("writtenReader.cookie(%s) = %+v, %t, want it read", line, got, ok)
	}
	for _, f := range []Format{FormatPlaywright, FormatCDP, FormatWebDriver} {
		if line := modelBrowser(c, f); !new(browserCookie).scan(line) {
			t.Errorf("browserCookie.scan(%s) = false, want true", line)
		}
	}
}

// Each day is where package time has it, and no other date is read.
func TestWrittenTime(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 10
	}
	for year := 1; year < 10000; year += step + year%7 {
		for month := range 14 {
			for day := range 33 {
				text := fmt.Sprintf(`%04d-%02d-%02dT03:04:05.678Z"`, year, month, day)
				f := fields{rest: []byte(text)}
				got := f.time()
				want, err := time.Parse(time.RFC3339, strings.TrimSuffix(text, `"`))
				if f.failed != (err != nil) || err == nil && got != want {
					t.Fatalf("time of %s = %v, failed: %t, want %v, %v", text, got, f.failed, want, err)
				}
			}
		}
	}
}

// Each byte alone, at each place, is plain text or not.
func TestIsPlainText(t *testing.T) {
	for b := range 256 {
		for at := range 19 {
			for _, before := range []byte{'a', ' ', 0x7F} {
				text := bytes.Repeat([]byte{before}, 19)
				text[at] = byte(b)
				if got, want := isPlainText(text), b >= 0x20 && b < 0x80 && b != '\\'; got != want {
					t.Fatalf("isPlainText(%q) = %t, want %t", text, got, want)
				}
			}
		}
	}
}
