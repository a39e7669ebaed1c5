package jar_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
	"uacookie/jar/store"
)

// The alphabets of the model test are small, so that cookies interact.
var (
	modelHosts = []string{
		"example.com", "www.example.com", "a.www.example.com", "example.com.", "shop.co.uk", "www.shop.co.uk",
		"co.uk", "me.github.io", "github.io", "localhost", "127.0.0.1", "[::1]", "10.0.0.1", "other.test",
		"amazonaws.com", "www.amazonaws.com", "s3.amazonaws.com", "x.s3.amazonaws.com", "a.x.s3.amazonaws.com",
	}
	modelSchemes = []string{"https", "https", "http", "wss", "ws"}
	modelPaths   = []string{"", "/", "/a", "/a/", "/a/b", "/ab", "/a%2Fb/c", "/a/b/c"}
	modelPairs   = []string{
		"a=1", "a=2", "b=3", "a", "=a", "=", "", " a = x y ", "__Host-a=1", "__secure-a=1", "__Http-a=1",
		"__HOST-HTTP-a=1", "=__Host-a=1", "__Secure-a", "a=\tq\t", "c=\x01", "d=" + strings.Repeat("x", 4096),
	}
	modelAttributes = []string{
		"Secure", "Secure", "HttpOnly", "Path=/", "Path=/", "path=/a", "Path=", "Path=a", "Path=/a/b", "Path=/" + strings.Repeat("p", 1024),
		"Domain=example.com", "Domain=.Example.COM", "Domain=www.example.com", "domain=", "Domain=com", "Domain=co.uk", "Domain=shop.co.uk",
		"Domain=localhost", "Domain=127.0.0.1", "Domain=github.io", "Domain=example.com.", "Domain=\xe9.com",
		"Domain=amazonaws.com", "Domain=s3.amazonaws.com", "Domain=x.s3.amazonaws.com",
		"SameSite=Lax", "SameSite=Strict", "samesite=none", "SameSite=x", "Partitioned",
		"Max-Age=60", "Max-Age=0", "Max-Age=-1", "Max-Age=+5", "max-age=99999999999999999999", "Max-Age=",
		"Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Expires=Fri, 01 Jan 2027 00:00:00 GMT", "Expires=soon", "Expires=Sat, 28-Feb-26 12:00:05 GMT",
		"", "=", "x=y", " Secure ", "Priority=High", "Priority=High", "Priority=low",
	}
)

// A modelDriver applies the same random steps to a jar and to the model.
type modelDriver struct {
	t     *testing.T
	rand  *rand.Rand
	jar   *jar.Jar
	model *modelJar
	log   []string

	// mirror has the cookies that the reported changes add up to.
	mirror map[store.Key]bool
}

func newModelDriver(t *testing.T, rng *rand.Rand) *modelDriver {
	d := &modelDriver{t: t, rand: rng, mirror: map[store.Key]bool{}}
	d.model = &modelJar{now: time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC), limit: 1 + rng.IntN(9)}
	limits := &jar.Limits{Site: d.model.limit, SitePurged: rng.IntN(d.model.limit + 1)}
	if d.model.purged = limits.SitePurged; d.model.purged == 0 {
		d.model.purged = limits.Site
	}
	j, err := jar.New(&jar.Options{
		Now:    func() time.Time { return d.model.now },
		Limits: limits,
		Changed: func(c jar.Change) {
			key := c.Cookie.Key()
			if in := c.Cause.String() == "stored"; in == d.mirror[key] {
				t.Errorf("change %s of %s, which was there: %t", c.Cause, c.Cookie, d.mirror[key])
			} else {
				d.mirror[key] = in
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.jar = j
	return d
}

func pick[T any](rng *rand.Rand, all []T) T { return all[rng.IntN(len(all))] }

func (d *modelDriver) url() *url.URL {
	u, err := url.Parse(pick(d.rand, modelSchemes) + "://" + pick(d.rand, modelHosts) + pick(d.rand, modelPaths))
	if err != nil {
		d.t.Fatal(err)
	}
	if d.rand.IntN(8) == 0 {
		u.Host += ":8080"
	}
	return u
}

// request returns a random request, as the model and as the jar takes it.
func (d *modelDriver) request() (*modelRequest, *jar.Request) {
	m := &modelRequest{url: d.url(), method: pick(d.rand, []string{"GET", "GET", "POST", "HEAD"})}
	switch d.rand.IntN(8) {
	case 0, 1:
		m.initiator = d.url()
	case 2:
		m.documents = []*url.URL{d.url()}
	case 3:
		m.documents = []*url.URL{d.url(), d.url()}
		m.initiator = m.documents[1]
	case 4:
		m.script = true
	case 5:
		m.script = true
		m.documents = []*url.URL{d.url()}
	}
	if d.rand.IntN(2) == 0 {
		m.date = d.date()
	}
	r := &jar.Request{URL: m.url, Method: m.method, ServerTime: m.date}
	if m.initiator != nil || len(m.documents) > 0 || m.script {
		r.Context = &jar.Context{Documents: m.documents, Initiator: m.initiator, Script: m.script}
	}
	return m, r
}

// date returns a random server's time: near, years away, or at the ends of the range.
func (d *modelDriver) date() time.Time {
	switch d.rand.IntN(4) {
	case 0:
		return d.model.now.Add(time.Duration(d.rand.Int64N(int64(2*time.Hour))) - time.Hour)
	case 1:
		return time.Unix(d.rand.Int64N(1<<33)-1<<32, d.rand.Int64N(1e9))
	case 2:
		return pick(d.rand, []time.Time{
			time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0), time.Time{}.Add(1), time.Unix(1<<40, 0), time.Unix(-1<<40, 999_999_999),
			time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(32767, 12, 31, 23, 59, 59, 0, time.UTC),
		})
	}
	return d.model.now.Add(pick(d.rand, []time.Duration{0, time.Second, -time.Second, 1, -1, math.MaxInt64, math.MinInt64}))
}

func (d *modelDriver) line() string {
	line := pick(d.rand, modelPairs)
	for range d.rand.IntN(5) {
		line += ";" + pick(d.rand, modelAttributes)
	}
	return line
}

// step applies one random step to both and compares the results.
func (d *modelDriver) step() {
	switch n := d.rand.IntN(16); {
	case n < 8:
		m, r := d.request()
		line := d.line()
		v := d.jar.Receive(r, []string{line})[0]
		want := d.model.receive(m, line)
		d.logf("set %s %.80q by %+v: %s", m.url, line, r.Context, v)
		if v.OK() != want {
			d.fatalf("jar accepts it: %t, model: %t", v.OK(), want)
		}
	case n < 13:
		m, r := d.request()
		d.logf("get %s %s by %+v", m.method, m.url, r.Context)
		if got, want := d.jar.Header(r), d.model.header(m); got != want {
			d.fatalf("Header = %q, model says %q", got, want)
		}
	case n < 15:
		step := pick(d.rand, []time.Duration{time.Second, 59 * time.Second, time.Minute, time.Hour, 24 * time.Hour})
		d.model.now = d.model.now.Add(step)
		d.logf("%s later", step)
	case d.rand.IntN(8) == 0:
		d.logf("the session ends")
		d.jar.EndSession()
		d.model.cookies = slices.DeleteFunc(d.model.cookies, func(c modelCookie) bool { return !c.persistent })
	default:
		name := pick(d.rand, []string{"a", "b"})
		d.logf("delete %q", name)
		d.jar.Delete(func(c jar.Cookie) bool { return c.Name == name })
		d.model.cookies = slices.DeleteFunc(d.model.cookies, func(c modelCookie) bool { return c.name == name })
	}
	d.compare()
}

// compare compares the contents of both.
func (d *modelDriver) compare() {
	d.model.evictExpired()
	var got, want []string
	for c := range d.jar.All() {
		got = append(got, fmt.Sprintf("%q %q %s %t %s exp=%d created=%d access=%d", c.Name, c.Value, c.Domain, c.HostOnly, c.Path,
			c.Expires.Unix(), c.Created.UnixMicro(), c.LastAccess.UnixMicro()))
		if !d.mirror[c.Key()] {
			d.fatalf("%s is in the jar, by the changes it is not", c)
		}
	}
	for _, c := range d.model.cookies {
		var expires time.Time
		if c.persistent {
			expires = c.expiry
		}
		want = append(want, fmt.Sprintf("%q %q %s %t %s exp=%d created=%d access=%d", c.name, c.value, c.domain, c.hostOnly, c.path,
			expires.Unix(), c.creation.UnixMicro(), c.access.UnixMicro()))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		d.fatalf("the jar holds\n%s\nthe model\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (d *modelDriver) logf(format string, args ...any) {
	d.log = append(d.log, fmt.Sprintf(format, args...))
}

func (d *modelDriver) fatalf(format string, args ...any) {
	d.t.Helper()
	d.t.Fatalf("%s\nafter\n%s", fmt.Sprintf(format, args...), strings.Join(d.log[max(0, len(d.log)-40):], "\n"))
}

// The jar does what the model does, for many short random sequences of steps.
func TestModel(t *testing.T) {
	stories := uint64(400)
	if testing.Short() {
		stories = 50
	}
	for seed := range stories {
		d := newModelDriver(t, rand.New(rand.NewPCG(seed, 1)))
		for range 150 {
			d.step()
		}
	}
}

// FuzzModel is TestModel with the fuzzer's choice of steps.
func FuzzModel(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint16(100))
	}
	f.Fuzz(func(t *testing.T, seed uint64, steps uint16) {
		d := newModelDriver(t, rand.New(rand.NewPCG(seed, uint64(steps))))
		for range steps % 512 {
			d.step()
		}
	})
}
