package valkeyjar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/valkey-io/valkey-go"

	"uacookie/jar/backend"
)

const (
	logBytes = 14 << 20 // of the logs of all shards together

	opArgs = 5  // the arguments of the script for each Op
	cuts   = 10 // how often a batch is sent whose Stamps are cut
	group  = 256
	nodes  = 8 // how many shards are waited for at once
)

// ErrReplicas is the error for a change that the replicas are not known to have. The
// server has it.
var ErrReplicas = errors.New("valkeyjar: too few replicas have the change")

var errForeign = errors.New("valkeyjar: the site was not written by this package")

// A sending is a batch on its way.
type sending struct {
	batch  *backend.Batch
	answer *backend.Answer
	shard  int
	ops    []backend.Op // those of the batch, with their Stamps cut
	cut    map[int]bool
	latest uint64 // later Times are cut, to at; zero if nothing is
	at     uint64
	done   bool
}

// Apply implements [backend.Shared].
func (b *Backend) Apply(ctx context.Context, batches []backend.Batch) []backend.Answer {
	answers := make([]backend.Answer, len(batches))
	all := make([]*sending, len(batches))
	for i := range batches {
		s := &sending{batch: &batches[i], answer: &answers[i], shard: b.shardOf(batches[i].Site)}
		all[i], s.ops, s.cut = s, slices.Clone(batches[i].Ops), map[int]bool{}
		for j := range s.ops {
			if err := b.writeList(ctx, s.ops[j].List); err != nil && s.answer.Err == nil {
				s.fail(err)
			}
		}
	}
	for range cuts {
		var left []*sending
		for _, s := range all {
			if !s.done {
				left = append(left, s)
			}
		}
		if len(left) == 0 {
			return answers
		}
		b.send(ctx, left)
	}
	for _, s := range all {
		if !s.done {
			s.fail(errors.New("the clock of the server is set back all the time"))
		}
	}
	return answers
}

func (s *sending) fail(err error) {
	s.answer.Err, s.done = fmt.Errorf("valkeyjar: apply: %w", err), true
}

// send sends batches and notes what is answered.
func (b *Backend) send(ctx context.Context, all []*sending) {
	runs := make([]run, 0, len(all))
	sent := make([]*sending, 0, len(all))
	for _, s := range all {
		r, err := b.run(s)
		if err != nil {
			s.fail(err)
			continue
		}
		runs, sent = append(runs, r), append(sent, s)
	}
	if b.replicas > 0 {
		b.sendAndWait(ctx, sent, runs)
		return
	}
	for len(sent) > 0 {
		n := min(len(sent), group)
		for i, r := range b.runAll(ctx, applyScript, runs[:n]) {
			b.note(ctx, sent[i], r)
		}
		sent, runs = sent[n:], runs[n:]
	}
}

// sendAndWait sends batches, the shards several at once, and waits for the replicas. A
// connection waits for what it has written itself, so that each shard has one of its own.
func (b *Backend) sendAndWait(ctx context.Context, sent []*sending, runs []run) {
	shards := map[int][]int{}
	for i, s := range sent {
		shards[s.shard] = append(shards[s.shard], i)
	}
	var wait sync.WaitGroup
	slots := make(chan struct{}, nodes)
	for _, members := range shards {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			err := b.client.Dedicated(func(c valkey.DedicatedClient) error {
				// The text itself is sent with the first, since this is another node perhaps.
				commands := make([]valkey.Completed, 0, len(members)+1)
				for n, i := range members {
					commands = append(commands, applyScript.command(b.client, runs[i], n == 0))
				}
				results := c.DoMulti(ctx, commands...)
				acked, err := c.Do(ctx, b.client.B().Wait().Numreplicas(int64(b.replicas)).Timeout(b.patience.Milliseconds()).Build()).AsInt64()
				for n, i := range members {
					b.note(ctx, sent[i], results[n])
					if s := sent[i]; s.done && s.answer.Err == nil && (err != nil || acked < int64(b.replicas)) {
						s.fail(fmt.Errorf("%w: %d of %d", ErrReplicas, acked, b.replicas))
					}
				}
				return nil
			})
			if err != nil {
				for _, i := range members {
					sent[i].fail(err)
				}
			}
		})
	}
	wait.Wait()
}

// run returns the run of the script for a batch.
func (b *Backend) run(s *sending) (run, error) {
	site := s.batch.Site
	always := "0"
	if b.replicas > 0 {
		always = "1" // a batch that comes again waits for what it did the first time
	}
	args := make([]string, 0, 6+opArgs*len(s.ops))
	args = append(args, "PUBLISH", b.channel(), site, strconv.FormatInt(b.idle, 10), strconv.Itoa(logBytes/b.shards), always)
	for i := range s.ops {
		o := &s.ops[i]
		kind := opPut
		switch {
		case o.Drop:
			kind = opDrop
		case o.Touch:
			kind = opTouch
		case s.latest != 0 && o.Stamp.Time > s.latest || s.cut[i]:
			if o.Stamp.Time > s.latest {
				o.Stamp.Time, s.cut[i] = s.at, true
			}
			kind = opCutPut
			if o.Delete {
				kind = opCutDelete
			}
		case o.Delete:
			kind = opDelete
		}
		field := string(appendField(nil, site, o.Key()))
		var times, payload []byte
		switch kind {
		case opPut, opCutPut:
			times = appendExpiry(appendAccess(nil, o.Cookie.LastAccess), &o.Cookie)
			var err error
			if payload, err = b.appendPayload(nil, site, field, o.Record); err != nil {
				return run{}, err
			}
		case opTouch:
			times = appendAccess(nil, o.Cookie.LastAccess)
		}
		args = append(args, string(rune(kind)), field, string(appendStamp(nil, o.Stamp)), string(times), string(payload))
	}
	return run{keys: []string{b.siteKey(site), b.key(s.shard, keyHead), b.key(s.shard, keyLog)}, args: args}, nil
}

// note notes what the script has returned for a batch.
func (b *Backend) note(ctx context.Context, s *sending, r valkey.ValkeyResult) {
	parts, err := r.ToArray()
	if err != nil {
		s.fail(err)
		return
	}
	what := ""
	if len(parts) > 0 {
		what, err = parts[0].ToString()
	}
	switch {
	case err != nil:
		s.fail(err)
	case what == "ahead" && len(parts) == 3:
		at, err1 := decimal(parts[1])
		latest, err2 := decimal(parts[2])
		if err := errors.Join(err1, err2); err != nil {
			s.fail(err)
			return
		}
		s.at, s.latest = at, latest
	case what == "done" && len(parts) == 3:
		if err := b.newer(ctx, s, parts[1], parts[2]); err != nil {
			s.fail(err)
			return
		}
		s.done = true
	case what == "foreign":
		s.fail(errForeign)
	default:
		s.fail(backend.ErrMalformed)
	}
}

func decimal(m valkey.ValkeyMessage) (uint64, error) {
	text, err := m.ToString()
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(text, 10, 64)
}

// newer fills in the Answer.
func (b *Backend) newer(ctx context.Context, s *sending, version, list valkey.ValkeyMessage) error {
	var err error
	if s.answer.Version, err = decimal(version); err != nil {
		return err
	}
	parts, err := list.ToArray()
	if err != nil {
		return err
	}
	for ; len(parts) >= 2; parts = parts[2:] {
		offset, err := parts[0].AsInt64()
		if err != nil {
			return err
		}
		value, err := parts[1].ToString()
		if err != nil {
			return err
		}
		i := int(offset / opArgs)
		if offset < 0 || i >= len(s.ops) || len(value) < 1+stampLen {
			return backend.ErrMalformed
		}
		delete(s.cut, i)
		s.answer.Newer = append(s.answer.Newer, b.state(ctx, s.batch.Site, &s.ops[i], value))
	}
	for i := range s.cut {
		if o := s.ops[i]; !o.Delete {
			s.answer.Newer = append(s.answer.Newer, o) // it took effect with another Stamp
		}
	}
	return nil
}

// state returns the state of a cookie as an Op.
func (b *Backend) state(ctx context.Context, site string, o *backend.Op, value string) backend.Op {
	gone := deletion(o.Key(), readStamp(value[1:]))
	if value[0] != kindRecord {
		return gone
	}
	r, list, err := b.decode(site, string(appendField(nil, site, o.Key())), value)
	if err != nil {
		// It is newer and cannot be read. The jar loads the site, and is told then.
		return gone
	}
	r.List = b.list(ctx, list)
	return backend.Op{Record: r}
}
