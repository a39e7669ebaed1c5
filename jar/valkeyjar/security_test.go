package valkeyjar_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/valkey-io/valkey-go"

	"uacookie/jar/backend"
	"uacookie/jar/store"
	"uacookie/jar/valkeyjar"
)

const site = "example.com"

// put puts a cookie and returns its record.
func put(t *testing.T, b backend.Shared, name, value string) backend.Record {
	t.Helper()
	now, err := b.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := backend.Record{Stamp: backend.Stamp{Time: uint64(now.UnixMicro()), Writer: 1}, Cookie: store.Cookie{
		Name: name, Value: value, Domain: site, Path: "/", Created: now, LastAccess: now, Order: 1,
	}}
	a := b.Apply(t.Context(), []backend.Batch{{Site: site, Ops: []backend.Op{{Record: r}}}})[0]
	if a.Err != nil {
		t.Fatalf("Apply = %v", a.Err)
	}
	return r
}

func open(t *testing.T, url string, o valkeyjar.Options) *valkeyjar.Backend {
	t.Helper()
	b, err := valkeyjar.Open(t.Context(), url, &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func load(t *testing.T, b backend.Shared) backend.Snapshot {
	t.Helper()
	s, err := b.LoadSite(t.Context(), site, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func key(id uint32) valkeyjar.Key {
	return valkeyjar.Key{ID: id, Secret: []byte(fmt.Sprintf("%032d", id))}
}

// A worker with a key refuses what is not sealed, in Load and in Watch, and nothing on the
// server or on the way there shows a value.
func TestSealedFleet(t *testing.T) {
	m := valkeyjar.Mini(t)
	url := "redis://" + m.Addr()
	sealed := open(t, url, valkeyjar.Options{Keys: []valkeyjar.Key{key(1)}})
	events, err := sealed.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put(t, sealed, "mine", "top-secret")
	put(t, open(t, url, valkeyjar.Options{}), "forged", "0")
	if dump := m.Dump(); strings.Contains(dump, "top-secret") || !strings.Contains(dump, "mine") {
		t.Error("the server has the value, or lacks the name")
	}
	s := load(t, sealed)
	if len(s.Records) != 1 || s.Records[0].Cookie.Value != "top-secret" || len(s.Broken) != 1 || !errors.Is(s.Broken[0], valkeyjar.ErrSeal) {
		t.Errorf("LoadSite = %v and broken %v, want the sealed cookie, and ErrSeal for the other", s.Records, s.Broken)
	}
	var got []backend.Event
	for e, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		if e.Site != "" {
			got = append(got, e)
		}
		if len(got) == 2 {
			break
		}
	}
	if len(got[0].Ops) != 1 || len(got[1].Ops) != 0 || got[1].Before != got[1].Version {
		t.Errorf("Watch yields %v, want the sealed cookie, and no Ops for the other", got)
	}
	// With a new key, old records can still be read, and each write has the new one.
	rotated := open(t, url, valkeyjar.Options{Keys: []valkeyjar.Key{key(2), key(1)}})
	put(t, rotated, "new", "2")
	if s := load(t, rotated); len(s.Records) != 2 || len(s.Broken) != 1 {
		t.Errorf("after a rotation LoadSite = %v and broken %v", s.Records, s.Broken)
	}
	if s := load(t, sealed); len(s.Records) != 1 || len(s.Broken) != 2 {
		t.Errorf("without the new key LoadSite = %v and broken %v", s.Records, s.Broken)
	}
}

// A Stamp that the server cuts is sealed again.
func TestSealOfCutStamp(t *testing.T) {
	b := open(t, "redis://"+valkeyjar.Mini(t).Addr(), valkeyjar.Options{Keys: []valkeyjar.Key{key(1)}})
	r := put(t, b, "sid", "1")
	r.Stamp.Time += uint64(time.Hour / time.Microsecond)
	a := b.Apply(t.Context(), []backend.Batch{{Site: site, Ops: []backend.Op{{Record: r}}}})[0]
	s := load(t, b)
	if a.Err != nil || len(a.Newer) != 1 || len(s.Records) != 1 || s.Records[0].Stamp != a.Newer[0].Stamp || len(s.Broken) > 0 {
		t.Errorf("a Stamp from the future is answered %v, and loaded as %v, broken %v", a, s.Records, s.Broken)
	}
}

// What was put into the hash of a site by others cannot stop or fill a worker.
func TestHostileSite(t *testing.T) {
	m := valkeyjar.Mini(t)
	b := open(t, "redis://"+m.Addr(), valkeyjar.Options{})
	hash := valkeyjar.SiteKey("uacookie", 256, site)
	put(t, b, "sid", "1")
	for _, value := range []string{"", "r", "t", "x", "r" + strings.Repeat("\xff", 33), "r" + strings.Repeat("\x00", 100), "t\x00"} {
		m.HSet(hash, fmt.Sprintf("%x", value), value)
		m.HSet(hash, "\x08\x03sid\x01/", value) // the cookie itself
		s := load(t, b)
		if len(s.Records) != 0 || len(s.Broken) == 0 && value != "t" && value != "t\x00" {
			t.Errorf("with the value %q LoadSite = %v, broken %v", value, s.Records, s.Broken)
		}
		put(t, b, "sid", "1")
	}
	if s := load(t, b); len(s.Records) != 1 {
		t.Errorf("afterwards LoadSite = %v", s.Records)
	}
	for i := range 12_001 {
		m.HSet(hash, fmt.Sprint(i), "r")
	}
	if s := load(t, b); len(s.Records) != 0 || len(s.Broken) != 1 || !errors.Is(s.Broken[0], valkeyjar.ErrLarge) {
		t.Errorf("LoadSite of too many fields = %v, broken %v; want ErrLarge", s.Records, s.Broken)
	}
	m.Del(hash)
	m.HSet(hash, ".", "foreign")
	if s := load(t, b); len(s.Broken) != 1 {
		t.Errorf("LoadSite with a foreign state has broken %v", s.Broken)
	}
	if a := b.Apply(t.Context(), []backend.Batch{{Site: site}}); a[0].Err == nil {
		t.Error("Apply with a foreign state succeeds")
	}
	m.Del(hash)
	if err := m.Set(hash, "a string"); err != nil {
		t.Fatal(err)
	}
	if s := load(t, b); len(s.Broken) != 1 {
		t.Errorf("LoadSite of a string has broken %v", s.Broken)
	}
	n := 0
	for s, err := range b.Load(t.Context()) {
		if n++; err != nil || len(s.Broken) != 1 {
			t.Errorf("Load yields %v, %v", s.Broken, err)
		}
	}
	for v, err := range b.Versions(t.Context(), nil) {
		t.Errorf("Versions yields %v, %v", v, err)
	}
	if n != 1 {
		t.Errorf("Load yields %d sites", n)
	}
}

// aclLine is the line that SECURITY.md has.
func aclLine(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, line, ok := strings.Cut(string(text), "    user crawler on ")
	line, _, _ = strings.Cut(line, "\n\n")
	if !ok {
		t.Fatal("SECURITY.md has no ACL line")
	}
	return strings.Join(strings.Fields("user crawler on "+line), " ")
}

// The ACL line of SECURITY.md suffices, and lets a worker do nothing else. A wrong password
// is in no error.
func TestACL(t *testing.T) {
	file := filepath.Join(t.TempDir(), "acl")
	line := strings.Replace(aclLine(t), "#HASH", ">right-password", 1)
	if err := os.WriteFile(file, []byte("user default off\n"+line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, "--aclfile", file)
	t.Setenv("VALKEYJAR_PASSWORD", "right-password")
	o := valkeyjar.Options{Username: "crawler", PasswordEnv: "VALKEYJAR_PASSWORD"}
	b := open(t, s.url(), o)
	if err := b.Join(t.Context(), backend.Protocol); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := put(t, b, "sid", "1")
	r.Cookie.Expires = time.Now().Add(-time.Hour)
	for i := range 100 { // and it is scanned
		r.Stamp.Counter++
		r.Cookie.Name = fmt.Sprint("n", i)
		if a := b.Apply(t.Context(), []backend.Batch{{Site: site, Ops: []backend.Op{{Record: r}}}}); a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
	}
	for _, err := range b.Load(t.Context()) {
		if err != nil {
			t.Error(err)
		}
	}
	for _, err := range b.Versions(t.Context(), nil) {
		if err != nil {
			t.Error(err)
		}
	}
	replicated := o
	replicated.Replicas, replicated.ReplicaTimeout = 1, time.Millisecond
	if a := open(t, s.url(), replicated).Apply(t.Context(), []backend.Batch{{Site: site}}); !errors.Is(a[0].Err, valkeyjar.ErrReplicas) {
		t.Errorf("Apply without a replica = %v, want ErrReplicas", a[0].Err)
	}
	other := o
	other.Prefix = "other"
	if err := open(t, s.url(), other).Join(t.Context(), backend.Protocol); err == nil {
		t.Error("the user of one prefix joins a fleet with another")
	}
	c, err := valkey.NewClient(valkey.ClientOption{
		InitAddress: []string{s.addr}, Username: "crawler", Password: "right-password", DisableCache: true, ForceSingleClient: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, command := range []string{"FLUSHALL", "CONFIG GET *", "KEYS *", "DEL uacookie:protocol", "GET other", "ACL LIST", "PUBLISH other x"} {
		if err := c.Do(t.Context(), c.B().Arbitrary(strings.Fields(command)...).Build()).Error(); err == nil || !strings.Contains(err.Error(), "NOPERM") {
			t.Errorf("%s = %v, want no permission", command, err)
		}
	}
	t.Setenv("VALKEYJAR_PASSWORD", "hunter2")
	if _, err := valkeyjar.Open(t.Context(), s.url(), &o); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Open with a wrong password = %v, want an error without it", err)
	}
}

// certificate makes a certificate for 127.0.0.1, and returns its files and who trusts it.
func certificate(t *testing.T) (cert, secret string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, secret = filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := errors.Join(
		os.WriteFile(cert, certPEM, 0o600),
		os.WriteFile(secret, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return cert, secret, pool
}

// rediss:// verifies the server.
func TestTLS(t *testing.T) {
	cert, secret, pool := certificate(t)
	pair, err := tls.LoadX509KeyPair(cert, secret)
	if err != nil {
		t.Fatal(err)
	}
	m := miniredis.NewMiniRedis()
	if err := m.StartTLS(&tls.Config{Certificates: []tls.Certificate{pair}}); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	url := "rediss://" + m.Addr()
	put(t, open(t, url, valkeyjar.Options{TLS: &tls.Config{RootCAs: pool}}), "sid", "1")
	for name, o := range map[string]*valkeyjar.Options{
		"an unknown authority": nil,
		"another name":         {TLS: &tls.Config{RootCAs: pool, ServerName: "other.test"}},
	} {
		if _, err := valkeyjar.Open(t.Context(), url, o); err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("Open with %s = %v, want an error", name, err)
		}
	}
}

// The real server's TLS is used where it was built with it.
func TestServerTLS(t *testing.T) {
	cert, secret, pool := certificate(t)
	addr := freeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	startServer(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", secret, "--tls-ca-cert-file", cert, "--tls-auth-clients", "no")
	put(t, open(t, "rediss://"+addr, valkeyjar.Options{TLS: &tls.Config{RootCAs: pool}}), "sid", "1")
	if _, err := valkeyjar.Open(t.Context(), "rediss://"+addr, nil); err == nil {
		t.Error("Open trusts an unknown authority")
	}
}
