//go:build unix

package valkeyjar_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/valkey-io/valkey-go"

	"uacookie/jar/backend/backendtest"
	"uacookie/jar/valkeyjar"
)

// A cluster is three masters and their replicas: replica i+3 follows master i.
type cluster struct {
	*testing.T
	nodes []*server
	ids   []string
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{T: t}
	for range 6 {
		c.nodes = append(c.nodes, startServer(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "1000",
			"--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0"))
	}
	for i, n := range c.nodes {
		c.ids = append(c.ids, c.command(i, "CLUSTER MYID"))
		if i < 3 {
			c.command(i, fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", i*16384/3, (i+1)*16384/3-1))
		}
		c.command(i, fmt.Sprintf("CLUSTER SET-CONFIG-EPOCH %d", i+1))
		if i > 0 {
			host, port, _ := net.SplitHostPort(n.addr)
			c.command(0, fmt.Sprintf("CLUSTER MEET %s %s", host, port))
		}
	}
	for i := 3; i < 6; i++ {
		c.wait("know its master", func() bool { return strings.Contains(c.command(i, "CLUSTER NODES"), c.ids[i-3]) })
		c.command(i, "CLUSTER REPLICATE "+c.ids[i-3])
	}
	for i := range c.nodes {
		c.wait("be ready", func() bool {
			return strings.Contains(c.command(i, "CLUSTER INFO"), "cluster_state:ok") &&
				strings.Count(c.command(i, "CLUSTER NODES"), "slave") == 3 &&
				(i < 3 || strings.Contains(c.command(i, "INFO replication"), "master_link_status:up"))
		})
	}
	return c
}

// wait polls until f is true. No event or log line says that one node knows another.
func (c *cluster) wait(what string, f func() bool) {
	c.Helper()
	for end := time.Now().Add(30 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.Fatalf("a node does not %s", what)
		}
	}
}

// command sends a command to a node.
func (c *cluster) command(node int, text string) string {
	c.Helper()
	client := c.nodes[node].client()
	m, err := client.Do(c.Context(), client.B().Arbitrary(strings.Fields(text)...).Build()).ToMessage()
	if err != nil && !valkey.IsValkeyNil(err) {
		c.Fatalf("%s: %v", text, err)
	}
	s, _ := m.ToString()
	return s
}

func (c *cluster) url() string {
	return fmt.Sprintf("redis://%s,%s,%s", c.nodes[0].addr, c.nodes[1].addr, c.nodes[2].addr)
}

func TestCluster(t *testing.T) {
	c := startCluster(t)
	backendtest.RunShared(t, func(t *testing.T) backendtest.SharedServer {
		prefix := freshPrefix()
		return backendtest.SharedServer{
			Open: opener(t, c.url(), valkeyjar.Options{Prefix: prefix}),
			Trim: func(site string) { trimmer(t, c.nodes[0].addr, valkeyjar.SiteKey(prefix, 256, site)) },
			Cut: func() {
				for i := range c.nodes {
					c.command(i, "CLIENT KILL TYPE pubsub")
				}
			},
		}
	})
	t.Run("Failover", func(t *testing.T) { c.failover(t) })
}

// failover cuts the first master off from its replica and kills it. The sites are the first
// master's: what it alone has when it is killed is lost.
func (c *cluster) failover(t *testing.T) {
	site := func(prefix string) string {
		for i := 0; ; i++ {
			s := fmt.Sprintf("site%d.test", i)
			client := c.nodes[1].client()
			slot, err := client.Do(t.Context(), client.B().Arbitrary("CLUSTER", "KEYSLOT", valkeyjar.SiteKey(prefix, 256, s)).Build()).AsInt64()
			if err != nil {
				t.Fatal(err)
			}
			if slot < 16384/3-1 {
				return s
			}
		}
	}
	loses(t, c.url(), site, c.nodes[0], c.nodes[3], func() { c.nodes[3].await("Failover election won") })
}
