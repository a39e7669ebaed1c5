package cookiefile

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

var tableCookies = flag.Int("table", 0, "print the table of PERFORMANCE.md, measured with `n` cookies")

// TestTable makes the table of PERFORMANCE.md:
//
//	go test ./jar/cookiefile -run TestTable -table 1000000 -v
func TestTable(t *testing.T) {
	n := *tableCookies
	if n == 0 {
		n = 100 // so that it works on the day when it is needed
	}
	cookies := slices.Collect(many(n))
	var table strings.Builder
	fmt.Fprintln(&table, "| Format | MB | Write, cookies/s | by hand | copy | Read, cookies/s | by hand | Load, cookies/s |")
	fmt.Fprintln(&table, "|---|--:|--:|--:|--:|--:|--:|--:|")
	for f := FormatJSON; f < writableCount; f++ {
		path := filepath.Join(t.TempDir(), f.String())
		write := best(t, 3, func() error {
			return toFile(path, func(w io.Writer) error { return Write(w, slices.Values(cookies), &WriteOptions{Format: f}) })
		})
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		copied := best(t, 3, func() error {
			in, err := os.Open(path)
			if err != nil {
				return err
			}
			defer in.Close()
			return toFile(path+".copy", func(w io.Writer) error {
				_, err := io.Copy(struct{ io.Writer }{w}, struct{ io.Reader }{in}) // through memory
				return err
			})
		})
		writeByHand := best(t, 3, func() error {
			return toFile(path+".hand", func(w io.Writer) error { return handWrite(w, cookies, f) })
		})
		read := best(t, 3, func() error {
			return fromFile(path, func(r io.Reader) (int, error) {
				got := 0
				for _, err := range Read(r, &ReadOptions{Name: path}) {
					if err != nil {
						return got, err
					}
					got++
				}
				return got, nil
			}, n)
		})
		readByHand := best(t, 3, func() error {
			return fromFile(path, func(r io.Reader) (int, error) { return handRead(r, f) }, n)
		})
		load := best(t, 1, func() error {
			j, err := jar.New(&jar.Options{Limits: new(jar.Limits)})
			if err != nil {
				return err
			}
			return fromFile(path, func(r io.Reader) (int, error) { return Load(j, r, &ReadOptions{Name: path}) }, n)
		})
		rate := func(d time.Duration) string { return fmt.Sprintf("%.2f M", float64(n)/d.Seconds()/1e6) }
		ratio := func(d, ours time.Duration) string { return fmt.Sprintf("%.2f×", d.Seconds()/ours.Seconds()) }
		fmt.Fprintf(&table, "| %v | %.0f | %s | %s | %s | %s | %s | %s |\n", f, float64(info.Size())/1e6,
			rate(write), ratio(writeByHand, write), ratio(copied, write), rate(read), ratio(readByHand, read), rate(load))
	}
	if *tableCookies > 0 {
		t.Logf("%d cookies\n\n%s", n, table.String())
	}
}

// best returns the shortest CPU time of n calls.
func best(t *testing.T, times int, do func() error) time.Duration {
	t.Helper()
	least := time.Duration(math.MaxInt64)
	for range times {
		runtime.GC() // so that none pays for the one before
		start := cpuTime()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		least = min(least, cpuTime()-start)
	}
	return least
}

func toFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return write(f)
}

func fromFile(path string, read func(io.Reader) (int, error), want int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	n, err := read(f)
	if err == nil && n != want {
		err = fmt.Errorf("%s: %d cookies, want %d", path, n, want)
	}
	return err
}

// handWrite writes what Write writes with what the standard library has.
func handWrite(w io.Writer, cookies []jar.Cookie, f Format) error {
	b := bufio.NewWriterSize(w, 64<<10)
	for _, c := range cookies {
		switch f {
		case FormatJSON:
			fmt.Fprintf(b, "%s\n", modelOwn(c))
		case FormatNetscape, FormatNetscapePython:
			fmt.Fprintf(b, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", c.Domain, flagOf(!c.HostOnly), c.Path, flagOf(c.Secure), c.Expires.Unix(), c.Name, c.Value)
		default:
			fmt.Fprintf(b, ",\n%s", modelBrowser(c, f))
		}
	}
	return b.Flush()
}

func flagOf(is bool) string { return strings.ToUpper(strconv.FormatBool(is)) }

// handRead reads what Write wrote with what the standard library has, and returns
// how many cookies there are. It does without most of what makes a reader safe.
func handRead(r io.Reader, f Format) (n int, err error) {
	switch f {
	case FormatJSON:
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			var c record
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				return n, err
			}
			n++
		}
		return n - 2, lines.Err() // the first and the last
	case FormatNetscape, FormatNetscapePython:
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			fields := strings.Split(lines.Text(), "\t")
			if len(fields) != 7 {
				continue
			}
			expires, err := strconv.ParseInt(fields[4], 10, 64)
			if err != nil {
				return n, err
			}
			c := jar.Cookie{Domain: fields[0], Path: fields[2], Expires: time.Unix(expires, 0), Name: fields[5], Value: fields[6]}
			if c.Domain != "" {
				n++
			}
		}
		return n, lines.Err()
	}
	dec := json.NewDecoder(r)
	for {
		token, err := dec.Token()
		if err != nil {
			return n, err
		}
		if token == json.Delim('[') {
			break
		}
	}
	for dec.More() {
		var c browserCookie
		if err := dec.Decode(&c); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
