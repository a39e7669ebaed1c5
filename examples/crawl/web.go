package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A web is a demonstration web of several sites on loopback. Each site has a host name that
// is not in DNS: only the web's transport can reach it.
type web struct {
	sites  map[string]http.Handler // by scheme and host, such as "https://news.test"
	ledger ledger

	secure, plain net.Listener // for https and http
	server        http.Server
	roots         *x509.CertPool // that vouch for its certificate
	der           []byte         // the certificate

	secureAddr, plainAddr string
	countdown             atomic.Pointer[countdown]
}

// startWeb starts a web. The caller must close it.
func startWeb() (*web, error) {
	w := new(web)
	w.addSites()
	certificate, err := w.certificate()
	if err != nil {
		return nil, err
	}
	if w.plain, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if w.secure, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		w.plain.Close()
		return nil, err
	}
	w.secureAddr, w.plainAddr = w.secure.Addr().String(), w.plain.Addr().String()
	w.server.Handler = w
	w.server.ErrorLog = log.New(io.Discard, "", 0) // of connections cut short
	go w.server.Serve(w.plain)
	go w.server.Serve(tls.NewListener(w.secure, &tls.Config{Certificates: []tls.Certificate{certificate}}))
	return w, nil
}

// addSites makes the sites.
func (w *web) addSites() {
	w.sites = map[string]http.Handler{
		"https://shop.test":     moved("https://www.shop.test/"),
		"https://www.shop.test": w.shop(),
		"https://shopcdn.test":  cdn(),
		"https://sso.test":      signOn(),
		"https://news.test":     news(),
		"http://news.test":      moved("https://news.test/"),
		"https://tracker.test":  tracker(),
		"http://museum.test":    w.museum(),

		// The hostile neighbour: a site with two names, which also runs the open wireless
		// network and answers requests to the shop over http.
		"https://hostile.test":  w.hostile(),
		"https://hostile.co.uk": w.hostile(),
		"http://www.shop.test":  w.hostile(),
	}
}

// A countdown closes done when a number of requests have come, and holds up the last of them
// and all later ones until goOn is closed.
type countdown struct {
	left       atomic.Int64
	done, goOn chan struct{}
}

// holdAfter holds up the n-th request from now on and all later ones until goOn is called.
// held is closed when the n-th has come.
func (w *web) holdAfter(n int64) (held <-chan struct{}, goOn func()) {
	c := &countdown{done: make(chan struct{}), goOn: make(chan struct{})}
	c.left.Store(n)
	w.countdown.Store(c)
	return c.done, sync.OnceFunc(func() { close(c.goOn) })
}

func (w *web) close() { w.server.Close() }

// hosts returns the number of hosts of the web.
func (w *web) hosts() int {
	names := make(map[string]bool)
	for origin := range w.sites {
		_, host, _ := strings.Cut(origin, "://")
		names[host] = true
	}
	return len(names)
}

// seeds returns the pages where a crawl of the web begins.
func (w *web) seeds() []*url.URL {
	return []*url.URL{
		{Scheme: "https", Host: "shop.test", Path: "/"},
		{Scheme: "http", Host: "news.test", Path: "/"},
		{Scheme: "http", Host: "museum.test", Path: "/"},
	}
}

// wait counts a request, and holds it up if it is to be.
func (c *countdown) wait(r *http.Request) {
	left := c.left.Add(-1)
	if left == 0 {
		close(c.done)
	}
	if left <= 0 {
		select {
		case <-c.goOn:
		case <-r.Context().Done():
		}
	}
}

// ServeHTTP implements http.Handler. It passes a request to its site, and records the
// cookies that arrive there.
func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if c := w.countdown.Load(); c != nil {
		c.wait(r)
	}
	origin := originOf(r)
	site, ok := w.sites[origin]
	if !ok {
		http.Error(rw, "no such site", http.StatusMisdirectedRequest)
		return
	}
	if !isHostile(origin) {
		w.ledger.inspect(r)
	}
	site.ServeHTTP(rw, r)
}

// originOf returns the origin that a request was sent to, such as "https://news.test".
func originOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// transport returns an http.RoundTripper that reaches the web and nothing else.
func (w *web) transport(workers int) http.RoundTripper {
	base := &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: w.roots},
		DialContext:         w.dial,
		MaxIdleConnsPerHost: workers,
	}
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Host == "hostile.test" && req.URL.Path == "/bytes" {
			return wire{base}.RoundTrip(req)
		}
		return base.RoundTrip(req)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// dial connects to a host of the web, by its name, on loopback.
func (w *web) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	switch {
	case port == "443" && w.sites["https://"+host] != nil:
		return d.DialContext(ctx, network, w.secureAddr)
	case port == "80" && w.sites["http://"+host] != nil:
		return d.DialContext(ctx, network, w.plainAddr)
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// certificate makes a certificate for all https sites, signed by itself.
func (w *web) certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	for origin := range w.sites {
		if u, err := url.Parse(origin); err == nil && u.Scheme == "https" {
			template.DNSNames = append(template.DNSNames, u.Host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	w.der = der
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, w.trust(der)
}

// trust makes the web's transport trust a certificate.
func (w *web) trust(der []byte) error {
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	w.roots = x509.NewCertPool()
	w.roots.AddCert(leaf)
	return nil
}
