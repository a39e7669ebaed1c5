package valkeyjar

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/valkey-io/valkey-go"
)

// Options say how to reach the server, and how records are kept. All workers of a fleet
// have the same Prefix, Shards, Idle and Keys.
type Options struct {
	// Username is the ACL user; empty means the default user.
	Username string

	// PasswordEnv names an environment variable, and PasswordFile a file, with the
	// password. A line break at the end does not count. At most one of them is set.
	PasswordEnv, PasswordFile string

	// TLS is for a server certificate from a private authority, or for a certificate of
	// the worker. It is used with rediss and valkeys alone. Nil means the authorities of
	// the system. InsecureSkipVerify is an error.
	TLS *tls.Config

	// Prefix begins all keys and channels of the fleet; empty means "uacookie". It has
	// letters, digits and -._: alone.
	Prefix string

	// Shards is the number of shards, 1 to 256. Zero means 256.
	Shards int

	// Replicas is the number of replicas that must have a change before Apply says that
	// it is done. If they do not within ReplicaTimeout, or a second if that is zero, Apply
	// returns ErrReplicas, and the jar writes the change again.
	Replicas       int
	ReplicaTimeout time.Duration

	// Idle is how long an unused session cookie lives; zero means for ever. A jar
	// notes once an hour that a cookie was used, so that Idle is at least a day.
	Idle time.Duration

	// Keys seal the records. The first seals, all open. Without keys, anyone who
	// can read the server can read the records. With keys, a record that is not sealed is
	// refused.
	Keys []Key
}

const (
	defaultPrefix = "uacookie"
	maxShards     = 256
	maxPrefix     = 64
	minIdle       = 24 * time.Hour
)

// The URL is not in the errors: it may have a password.
var (
	errURL      = errors.New("valkeyjar: the URL must be redis://, rediss://, valkey:// or valkeys:// with a host, and hosts with ports after commas, and nothing else")
	errPassword = errors.New("valkeyjar: a password does not belong into the URL: use PasswordEnv or PasswordFile")
	errVerify   = errors.New("valkeyjar: TLS without verification")
)

const defaultPort = "6379"

// parseURL returns the addresses of the server, and whether to use TLS.
func parseURL(server string) (addresses []string, secure bool, err error) {
	scheme, rest, ok := strings.Cut(server, "://")
	if !ok {
		return nil, false, errURL
	}
	switch scheme {
	case "redis", "valkey":
	case "rediss", "valkeys":
		secure = true
	default:
		return nil, false, errURL
	}
	if strings.Contains(rest, "@") {
		return nil, false, errPassword
	}
	for host := range strings.SplitSeq(strings.TrimSuffix(rest, "/"), ",") {
		u, err := url.Parse("//" + host)
		if err != nil || u.Hostname() == "" || u.Host != host {
			return nil, false, errURL
		}
		port := u.Port()
		if port == "" {
			port = defaultPort
		}
		addresses = append(addresses, net.JoinHostPort(u.Hostname(), port))
	}
	return addresses, secure, nil
}

func (o *Options) password() (string, error) {
	switch {
	case o.PasswordEnv != "" && o.PasswordFile != "":
		return "", errors.New("valkeyjar: PasswordEnv and PasswordFile are both set")
	case o.PasswordEnv != "":
		p, ok := os.LookupEnv(o.PasswordEnv)
		if !ok || p == "" {
			return "", fmt.Errorf("valkeyjar: the environment variable %s of the password is not set", o.PasswordEnv)
		}
		return strings.TrimRight(p, "\r\n"), nil
	case o.PasswordFile != "":
		p, err := os.ReadFile(o.PasswordFile)
		if err != nil {
			return "", fmt.Errorf("valkeyjar: read the password: %w", err)
		}
		return strings.TrimRight(string(p), "\r\n"), nil
	}
	return "", nil
}

// check returns an error if an option cannot be.
func (o *Options) check() error {
	for _, r := range o.Prefix {
		if !strings.ContainsRune("-._:", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return errors.New("valkeyjar: the prefix may have letters, digits and -._: alone")
		}
	}
	switch {
	case len(o.Prefix) > maxPrefix:
		return errors.New("valkeyjar: the prefix is too long")
	case o.Shards < 0 || o.Shards > maxShards:
		return fmt.Errorf("valkeyjar: %d shards, want 1 to %d", o.Shards, maxShards)
	case o.Idle != 0 && o.Idle < minIdle:
		return fmt.Errorf("valkeyjar: Idle is %v, want at least %v", o.Idle, minIdle)
	case o.Replicas < 0 || o.ReplicaTimeout < 0:
		return errors.New("valkeyjar: Replicas and ReplicaTimeout are not negative")
	}
	return nil
}

// client returns the options of the client.
func (o *Options) client(server string) (valkey.ClientOption, error) {
	addresses, secure, err := parseURL(server)
	if err != nil {
		return valkey.ClientOption{}, err
	}
	password, err := o.password()
	if err != nil {
		return valkey.ClientOption{}, err
	}
	c := valkey.ClientOption{
		InitAddress: addresses, Username: o.Username, Password: password,
		DisableCache: true, DisableRetry: true, PipelineMultiplex: -1,
		Dialer:           net.Dialer{Timeout: dialTimeout},
		ConnWriteTimeout: connTimeout,
	}
	switch {
	case secure && o.TLS == nil:
		c.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	case secure && o.TLS.InsecureSkipVerify:
		return valkey.ClientOption{}, errVerify
	case secure:
		c.TLSConfig = o.TLS.Clone()
		c.TLSConfig.MinVersion = max(c.TLSConfig.MinVersion, tls.VersionTLS12)
	case o.TLS != nil:
		return valkey.ClientOption{}, errors.New("valkeyjar: TLS is set, and the URL is not rediss:// or valkeys://")
	}
	return c, nil
}

const (
	dialTimeout = 5 * time.Second
	connTimeout = 15 * time.Second
)
