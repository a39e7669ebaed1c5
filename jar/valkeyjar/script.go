package valkeyjar

import (
	"context"
	"crypto/sha1"
	_ "embed" // the scripts
	"encoding/hex"
	"strconv"

	"github.com/valkey-io/valkey-go"
)

//go:embed apply.lua
var applyText string

//go:embed load.lua
var loadText string

// A script runs on the server.
type script struct {
	text, sha string
}

func newScript(text string) script {
	sum := sha1.Sum([]byte(text)) // by which the server knows it
	return script{text, hex.EncodeToString(sum[:])}
}

var (
	applyScript = newScript(applyText)
	loadScript  = newScript(loadText)
)

// A run is one run of a script.
type run struct {
	keys []string
	args []string
}

func (s script) command(c valkey.Client, r run, whole bool) valkey.Completed {
	name, what := "EVALSHA", s.sha
	if whole {
		name, what = "EVAL", s.text
	}
	return c.B().Arbitrary(name, what, strconv.Itoa(len(r.keys))).Keys(r.keys...).Args(r.args...).Build()
}

// runAll runs a script for several sites. A node that does not have the script gets it.
func (b *Backend) runAll(ctx context.Context, s script, runs []run) []valkey.ValkeyResult {
	results := b.do(ctx, func() []valkey.Completed { return b.commands(s, runs, false) })
	for {
		var again []int
		for i := range results {
			if missing(results[i]) {
				again = append(again, i)
			}
		}
		if len(again) == 0 || ctx.Err() != nil {
			return results
		}
		first := again[0]
		results[first] = b.do(ctx, func() []valkey.Completed { return b.commands(s, runs[first:first+1], true) })[0]
		if again = again[1:]; len(again) == 0 {
			return results
		}
		part := make([]run, len(again))
		for i, at := range again {
			part[i] = runs[at]
		}
		for i, r := range b.do(ctx, func() []valkey.Completed { return b.commands(s, part, false) }) {
			results[again[i]] = r
		}
	}
}

func (b *Backend) commands(s script, runs []run, whole bool) []valkey.Completed {
	commands := make([]valkey.Completed, len(runs))
	for i, r := range runs {
		commands[i] = s.command(b.client, r, whole)
	}
	return commands
}

// missing reports whether a node does not have the script.
func missing(r valkey.ValkeyResult) bool {
	err, ok := valkey.IsValkeyErr(r.Error())
	return ok && err.IsNoScript()
}
