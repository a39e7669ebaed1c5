package match

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"uacookie/internal/testkit"

	"golang.org/x/net/publicsuffix"
)

// mustList returns the list in testdata/list.dat.
func mustList(tb testing.TB) *List {
	tb.Helper()
	f, err := os.Open("testdata/list.dat")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	l, err := ParseList(f, "list.dat")
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

type listVector struct {
	ID, Why, Spec string
	Domain, Want  string
}

func TestList(t *testing.T) {
	l := mustList(t)
	for _, v := range testkit.Vectors[listVector](t, "testdata/list.json") {
		t.Run(v.ID, func(t *testing.T) {
			if got := l.PublicSuffix(v.Domain); got != v.Want {
				t.Errorf("PublicSuffix(%q) = %q, want %q: %s", v.Domain, got, v.Want, v.Why)
			}
		})
	}
	if got := l.String(); got != "list.dat" {
		t.Errorf("String() = %q, want the name it was read with", got)
	}
	if got := new(List).PublicSuffix("a.co.uk"); got != "uk" {
		t.Errorf("the zero List: PublicSuffix = %q, want uk, by the rule *", got)
	}
}

type invalidListVector struct {
	ID, Why, Spec string
	List, Want    string // Want is part of the error
}

func TestParseListInvalid(t *testing.T) {
	for _, v := range testkit.Vectors[invalidListVector](t, "testdata/list_invalid.json") {
		t.Run(v.ID, func(t *testing.T) {
			l, err := ParseList(strings.NewReader(v.List), "test")
			if l != nil || err == nil || !strings.Contains(err.Error(), v.Want) {
				t.Errorf("ParseList(%q) = %v, want an error with %q: %s", v.List, err, v.Want, v.Why)
			}
		})
	}
}

func TestParseListBound(t *testing.T) {
	full := "com\n" + strings.Repeat("/", maxList-len("com\n"))
	if _, err := ParseList(strings.NewReader(full), "test"); err != nil {
		t.Errorf("ParseList of %d bytes: %v, want no error", len(full), err)
	}
	if _, err := ParseList(strings.NewReader(full+"/"), "test"); err == nil {
		t.Errorf("ParseList of %d bytes: no error, want one", len(full)+1)
	}
}

func TestParseListReadError(t *testing.T) {
	broken := errors.New("broken")
	if _, err := ParseList(iotest.ErrReader(broken), "test"); !errors.Is(err, broken) {
		t.Errorf("ParseList = %v, want %v", err, broken)
	}
}

// slowPublicSuffix is the literal model of [List]: the algorithm of publicsuffix.org, word
// for word, over the rules as text. The algorithm does not define which of two exceptions
// prevails; here it is the one with fewer labels.
func slowPublicSuffix(rules []string, domain string) string {
	labels := strings.Split(domain, ".")
	length, exception := 1, false // of the prevailing rule: at first "*"
	for _, rule := range rules {
		name, not := strings.CutPrefix(rule, "!")
		want := strings.Split(name, ".")
		matches := len(want) <= len(labels)
		for i := 0; matches && i < len(want); i++ {
			matches = want[i] == "*" || want[i] == labels[len(labels)-len(want)+i]
		}
		switch {
		case !matches || exception && !not:
		case not && !exception, not && len(want) < length, !not && len(want) > length:
			length, exception = len(want), not
		}
	}
	if exception {
		length--
	}
	return strings.Join(labels[len(labels)-length:], ".")
}

// FuzzList compares a list with the literal model, for the domain and for names at and below
// each of its rules.
func FuzzList(f *testing.F) {
	dat, err := os.ReadFile("testdata/list.dat")
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range testkit.Vectors[listVector](f, "testdata/list.json") {
		f.Add(string(dat), v.Domain)
	}
	f.Add("b.c\n*.c\n!x.c\n!y.x.c\na.b.c\n*.x.c", "a.b.c")
	f.Add("*.c\n!a.b.c\nz.y.x.c", "x.c")
	f.Add("*.!\n!!x.c", "c")
	f.Fuzz(func(t *testing.T, text, domain string) {
		l, err := ParseList(strings.NewReader(text), "fuzz")
		if err != nil {
			return
		}
		rules, domains := []string{}, []string{domain}
		for line := range strings.Lines(text) {
			fields := strings.Fields(line)
			if len(fields) == 0 || strings.HasPrefix(fields[0], "//") {
				continue
			}
			name := strings.TrimLeft(fields[0], "!*.")
			mark := strings.TrimSuffix(fields[0], name)
			name, ok := Host(name)
			if !ok {
				t.Fatalf("%q is a rule, but not a host", fields[0])
			}
			rules = append(rules, mark+name)
			domains = append(domains, name, "a."+name, "z.a."+name, domain+"."+name)
		}
		for _, domain := range domains {
			if got, want := l.PublicSuffix(domain), slowPublicSuffix(rules, domain); got != want {
				t.Errorf("PublicSuffix(%q) = %q, reference says %q, by the rules %q", domain, got, want, rules)
			}
		}
		for _, s := range []Sites{NewSites(l), NewSites(l).WithWildcardParents()} {
			checkSites(t, s, domains[max(0, len(domains)-24):])
		}
	})
}

// FuzzListEmbedded compares with golang.org/x/net/publicsuffix, under the top-level domains
// for which list.dat has all relevant rules.
func FuzzListEmbedded(f *testing.F) {
	l := mustList(f)
	for _, v := range testkit.Vectors[listVector](f, "testdata/list.json") {
		f.Add(v.Domain)
	}
	f.Fuzz(func(t *testing.T, domain string) {
		host, ok := Host(domain)
		if !ok || !isName(host) || strings.Contains("."+host+".", "..") {
			return
		}
		for _, tail := range []string{"ck", "www.ck", "kawasaki.jp", "city.kawasaki.jp", "xn--55qx5d.cn", "unlisted"} {
			domain := host + "." + tail
			if got, want := l.PublicSuffix(domain), publicsuffix.List.PublicSuffix(domain); got != want {
				t.Errorf("PublicSuffix(%q) = %q, the embedded list says %q", domain, got, want)
			}
		}
	})
}

func BenchmarkList(b *testing.B) {
	for _, impl := range []struct {
		name string
		list PublicSuffixList
	}{{"embedded", publicsuffix.List}, {"parsed", mustList(b)}} {
		b.Run("impl="+impl.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := impl.list.PublicSuffix("www.example.co.uk"); got != "co.uk" {
					b.Fatalf("got %q", got)
				}
			}
		})
	}
}
