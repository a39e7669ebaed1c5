package main

import (
	"bufio"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"uacookie/jar/backend"
	"uacookie/jar/valkeyjar"
)

// A crawl of a fleet is told by these variables where the demonstration web listens, for
// https and http, and the certificate of its authority.
const (
	envWeb   = "CRAWL_WEB"
	envRoots = "CRAWL_WEB_ROOTS"
)

// joinWeb returns a transport that reaches the demonstration web of another process, or nil
// without one.
func joinWeb(workers int) (http.RoundTripper, error) {
	secure, plain, ok := strings.Cut(os.Getenv(envWeb), " ")
	if !ok {
		return nil, nil
	}
	w := &web{secureAddr: secure, plainAddr: plain}
	block, _ := pem.Decode([]byte(os.Getenv(envRoots)))
	if block == nil {
		return nil, errors.New(envRoots + " has no certificate")
	}
	if err := w.trust(block.Bytes); err != nil {
		return nil, err
	}
	w.addSites()
	return w.transport(workers), nil
}

// fleet starts a Redis server, the demonstration web, and crawls that share one jar. The
// first logs in. Of the next two one is killed on its way, and another takes its place.
func fleet(ctx context.Context, out io.Writer) error {
	server, stop, err := startRedis(ctx)
	if err != nil {
		return err
	}
	defer stop()
	w, err := startWeb()
	if err != nil {
		return err
	}
	defer w.close()
	fmt.Fprintf(out, "A Redis server at %s, and a small web of %d hosts, one of them hostile.\n", server, w.hosts())
	env := append(os.Environ(), envWeb+"="+w.secureAddr+" "+w.plainAddr,
		envRoots+"="+string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.der})))
	start := func(args ...string) (*exec.Cmd, *messages, error) {
		exe, err := os.Executable()
		if err != nil {
			return nil, nil, err
		}
		cmd, errs := exec.CommandContext(ctx, exe, append([]string{"-shared", server}, args...)...), newMessages()
		cmd.Env, cmd.Stderr = env, errs
		for i, e := range cmd.Env { // the tests run a crawl in this way
			if strings.HasPrefix(e, "CRAWL_TEST_ARGS=") {
				cmd.Env[i] = ""
			}
		}
		if os.Getenv("CRAWL_TEST_FLEET") != "" {
			cmd.Env = append(cmd.Env, "CRAWL_TEST_ARGS="+strings.Join(cmd.Args[1:], "\n"))
		}
		return cmd, errs, cmd.Start()
	}
	run := func(what string, args ...string) error {
		cmd, errs, err := start(args...)
		if err == nil {
			err = cmd.Wait()
		}
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", what, err, errs)
		}
		fmt.Fprintln(out, what)
		return nil
	}
	members := []string{"-offsite", "-depth=4", "https://www.shop.test/account", "https://news.test/", "http://museum.test/"}

	if err := run("Worker 1 has logged in to the shop.", "-depth=1", "https://www.shop.test/"); err != nil {
		return err
	}
	third, errs, err := start(append([]string{"-inspect", "127.0.0.1:0"}, members...)...)
	if err != nil {
		return err
	}
	page, err := errs.page(ctx)
	if err != nil {
		return fmt.Errorf("worker 3: %w\n%s", err, errs)
	}
	held, goOn := w.holdAfter(40)
	defer goOn()
	second, _, err := start(members...)
	if err != nil {
		return err
	}
	select {
	case <-held:
	case <-ctx.Done():
	}
	state, err := workerState(ctx, page)
	if err != nil {
		return fmt.Errorf("the page of worker 3: %w", err)
	}
	fmt.Fprintf(out, "The page of worker 3, at %s until it ends: %s.\n", page, state)
	_ = second.Process.Kill()
	_ = second.Wait()
	before, err := onServer(ctx, server)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Worker 2 was killed (SIGKILL) on its way. %d cookies are on the server.\n", len(before))
	goOn()
	if err := third.Wait(); err != nil {
		return fmt.Errorf("worker 3: %w\n%s", err, errs)
	}
	fmt.Fprintln(out, "Worker 3 has crawled on.")
	if err := run("Worker 4 has taken the place of worker 2.", members...); err != nil {
		return err
	}
	after, err := onServer(ctx, server)
	if err != nil {
		return err
	}
	lost := 0
	for name := range before {
		if !after[name] {
			lost++
		}
	}
	l := &w.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(out, "Logins: %d. Visits behind the login: %d, with the session: %d.\n", len(l.sessions), l.visits, l.signedIn)
	fmt.Fprintf(out, "Cookies on the server: %d. Of those from before the kill, lost: %d.\n", len(after), lost)
	fmt.Fprintf(out, "Cookies of the hostile neighbour that reached another site: %d.\n", l.forged)
	if len(l.sessions) != 1 || l.signedIn != l.visits || l.visits == 0 || lost > 0 || l.forged > 0 {
		return errors.New("the fleet has not worked as one session")
	}
	return nil
}

// onServer returns what cookies a server has, except the one that the museum deletes.
func onServer(ctx context.Context, server string) (map[string]bool, error) {
	b, err := valkeyjar.Open(ctx, server, nil)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	all := map[string]bool{}
	var snapshot backend.Snapshot
	for snapshot, err = range b.Load(ctx) {
		for _, r := range snapshot.Records {
			if r.Cookie.Name != "leaflet" {
				all[fmt.Sprint(r.Cookie.Key())] = true
			}
		}
	}
	return all, err
}

// messages are what a crawl writes to its standard error.
type messages struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // says that there is more; holds one
}

func newMessages() *messages { return &messages{more: make(chan struct{}, 1)} }

// Write implements io.Writer.
func (m *messages) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case m.more <- struct{}{}:
	default:
	}
	return m.text.Write(p)
}

func (m *messages) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.String()
}

var pageURL = regexp.MustCompile(`See inside the jar at (\S+)\n`)

// page waits until the crawl has said where the page about its jar is.
func (m *messages) page(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		if found := pageURL.FindStringSubmatch(m.String()); found != nil {
			return found[1], nil
		}
		select {
		case <-m.more:
		case <-ctx.Done():
			return "", errors.New("it does not say where the page about its jar is")
		}
	}
}

// workerState returns what the page about a jar says of the worker.
func workerState(ctx context.Context, page string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	text := func(id string) string {
		_, text, _ := strings.Cut(string(body), `<b id="w-`+id+`">`)
		text, _, _ = strings.Cut(text, "</b>")
		return text
	}
	if text("lag") == "" {
		return "", errors.New("it says nothing of the worker")
	}
	return fmt.Sprintf("%s changes pending, %s hot sites, lag: %s", text("pending"), text("hot"), text("lag")), nil
}

// startRedis starts a server on a free port of the loopback interface, which keeps nothing
// once it has ended.
func startRedis(ctx context.Context) (url string, stop func(), err error) {
	var path string
	for _, name := range []string{"valkey-server", "redis-server"} {
		if path, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		return "", nil, fmt.Errorf("%w: on Debian, apt-get install redis-server", err)
	}
	dir, err := os.MkdirTemp("", "fleet")
	if err != nil {
		return "", nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	address := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(address)
	cmd := exec.CommandContext(ctx, path, "--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "")
	log, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			go io.Copy(io.Discard, log)
			return "redis://" + address, stop, nil
		}
	}
	stop()
	return "", nil, errors.New("the Redis server has ended by itself")
}
