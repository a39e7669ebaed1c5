package boltjar_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"uacookie/jar"
	"uacookie/jar/boltjar"
	"uacookie/jar/durable"
)

// childPath and fullPath are environment variables that make the test binary run as the
// process to kill, or as the process whose disk is full.
const (
	childPath = "BOLTJAR_CRASH_PATH"
	fullPath  = "BOLTJAR_FULL_PATH"
)

// childFailed is the exit code of such a process if it fails.
const childFailed = 3

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := writeForEver(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(childFailed)
	}
	if path := os.Getenv(fullPath); path != "" {
		if err := writeToFullDisk(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(childFailed)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A model is the contents of the killed process's jar after a number of steps: the values by
// the names of the cookies. Step i sets or deletes a cookie, and then sets the cookie "last"
// to i.
type model map[string]string

const lastName = "last"

// step returns the first Set-Cookie line of step i, and applies it to m.
func (m model) step(i int) (host, line string) {
	slot := i * 7 % 500
	host, name := fmt.Sprintf("h%d.example", slot%50), fmt.Sprint("n", slot)
	if i%5 == 4 {
		delete(m, name)
		return host, name + "=; Max-Age=0"
	}
	m[name] = fmt.Sprint(i)
	return host, fmt.Sprintf("%s=%d", name, i)
}

// after returns the model after n steps.
func after(n int) model {
	m := model{}
	for i := 1; i <= n; i++ {
		m.step(i)
		m[lastName] = fmt.Sprint(i)
	}
	return m
}

// writeForEver continues from the current step of the jar. After some steps it flushes, and
// prints the flushed step on standard output.
func writeForEver(path string) error {
	b, err := boltjar.Open(path)
	if err != nil {
		return err
	}
	ctx := context.Background()
	j, err := durable.Open(ctx, b, &durable.Options{BatchCount: 100, BatchTime: 3 * time.Millisecond})
	if err != nil {
		return err
	}
	set := func(host, line string) error {
		u := &url.URL{Scheme: "https", Host: host, Path: "/"}
		return j.Jar.Receive(&jar.Request{URL: u}, []string{line})[0].Err()
	}
	start, err := lastStep(contents(j))
	if err != nil {
		return err
	}
	scratch := model{}
	for i := start + 1; ; i++ {
		host, line := scratch.step(i)
		if err := errors.Join(set(host, line), set("last.example", fmt.Sprint(lastName, "=", i))); err != nil {
			return err
		}
		if rand.IntN(300) == 0 {
			if err := j.Flush(ctx); err != nil {
				return err
			}
			fmt.Println(i)
		}
	}
}

// contents returns the contents of a jar as a model.
func contents(j *durable.Jar) model {
	m := model{}
	for c := range j.All() {
		m[c.Name] = c.Value
	}
	return m
}

func lastStep(m model) (int, error) {
	if m[lastName] == "" {
		return 0, nil
	}
	return strconv.Atoi(m[lastName])
}

// A writing process is killed repeatedly. Each time the file can be opened and is intact. It
// contains all steps that were flushed, and its contents are a snapshot of the jar.
func TestCrash(t *testing.T) {
	crashes := 20
	if os.Getenv("SOAK") != "" { // make soak
		crashes = 200
	}
	path := filepath.Join(t.TempDir(), "cookies.db")
	flushed, steps, beyond := 0, 0, 0
	for n := range crashes {
		mark, err := crash(path)
		if err != nil {
			t.Fatalf("crash %d: %v", n, err)
		}
		flushed = max(flushed, mark)

		if _, err := os.Stat(path); err == nil {
			check(t, path)
		}
		b, err := boltjar.Open(path)
		if err != nil {
			t.Fatalf("crash %d: Open = %v", n, err)
		}
		j, err := durable.Open(t.Context(), b, nil)
		if err != nil {
			t.Fatalf("crash %d: durable.Open = %v", n, err)
		}
		got := contents(j)
		if steps, err = lastStep(got); err != nil {
			t.Fatalf("crash %d: %v", n, err)
		}
		if steps < flushed {
			t.Errorf("crash %d: the file contains %d steps, want at least the %d flushed ones", n, steps, flushed)
		}
		if steps > flushed {
			beyond++
		}
		// The batch may end in the middle of a step.
		want := after(steps)
		half := maps.Clone(want)
		half.step(steps + 1)
		if !maps.Equal(got, want) && !maps.Equal(got, half) {
			t.Errorf("crash %d: after %d steps the %d cookies in the file differ from the %d of the model", n, steps, len(got), len(want))
		}
		if err := j.Close(t.Context()); err != nil {
			t.Fatalf("crash %d: Close = %v", n, err)
		}
	}
	if flushed == 0 || beyond == 0 {
		t.Errorf("%d steps were flushed, and %d files contained more: want some of both, or the kills are too early or not random", flushed, beyond)
	}
	t.Logf("killed %d times, %d of them with more in the file than was flushed; %d steps in all", crashes, beyond, steps)
}

// crash starts a writing process and kills it. It returns the last step that the process
// reported as flushed.
func crash(path string) (flushed int, err error) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childPath+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := child.Start(); err != nil {
		return 0, err
	}
	// One process of five is killed while it opens the file. The others are killed shortly after
	// they have said a few times what they flushed, however slow the machine is.
	kill := func(within time.Duration) *time.Timer {
		return time.AfterFunc(rand.N(within), func() { _ = child.Process.Kill() })
	}
	says := rand.IntN(4)
	if rand.IntN(5) == 0 {
		defer kill(80 * time.Millisecond).Stop()
	}
	lines := bufio.NewScanner(out)
	for ; lines.Scan(); says-- {
		if flushed, err = strconv.Atoi(lines.Text()); err != nil {
			return 0, err
		}
		if says == 0 {
			defer kill(20 * time.Millisecond).Stop()
		}
	}
	err = child.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() == childFailed {
		return 0, fmt.Errorf("the process ended before it was killed: %v", err)
	}
	return flushed, nil
}

// check runs bbolt's consistency check on the whole file.
func check(t *testing.T, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		var all error
		for err := range tx.Check() {
			all = errors.Join(all, err)
		}
		return all
	})
	if err != nil {
		t.Errorf("bbolt's check fails: %v", err)
	}
}
