package valkeyjar

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/valkey-io/valkey-go"

	"uacookie/jar/backend"
)

const (
	// The most that a site may have. More is not loaded.
	maxFields = backend.MaxRecords + backend.MaxTombstones + 1000
	maxBytes  = 64 << 20

	scanCount = 1000
)

// ErrLarge is the error, in a [backend.RecordError], for a site that is too large to be
// loaded: a worker of a fleet does not write such a site.
var ErrLarge = errors.New("valkeyjar: the site is too large")

// LoadSite implements [backend.Shared].
func (b *Backend) LoadSite(ctx context.Context, site string, version uint64) (backend.Snapshot, error) {
	r := b.runAll(ctx, loadScript, []run{b.loadRun(site, version)})[0]
	s, err := b.snapshot(ctx, site, r)
	if err != nil {
		return backend.Snapshot{}, fmt.Errorf("valkeyjar: load %q: %w", site, err)
	}
	return s, nil
}

func (b *Backend) loadRun(site string, version uint64) run {
	return run{keys: []string{b.siteKey(site)}, args: []string{
		strconv.FormatUint(version, 10), strconv.Itoa(maxFields), strconv.Itoa(maxBytes), strconv.FormatInt(b.idle, 10),
	}}
}

// snapshot returns the site that the script has loaded.
func (b *Backend) snapshot(ctx context.Context, site string, r valkey.ValkeyResult) (backend.Snapshot, error) {
	s := backend.Snapshot{Site: site}
	broken := func(err error) (backend.Snapshot, error) {
		s.Broken = append(s.Broken, &backend.RecordError{Where: fmt.Sprintf("of %q", site), Err: err})
		return s, nil
	}
	parts, err := r.ToArray()
	if wrongType(err) {
		return broken(errForeign)
	}
	if err != nil || len(parts) == 0 {
		return s, err
	}
	text := make([]string, len(parts))
	for i := range parts {
		if text[i], err = parts[i].ToString(); err != nil {
			return s, err
		}
	}
	if text[0] == "foreign" {
		return broken(errForeign)
	}
	if s.Version, err = strconv.ParseUint(text[0], 10, 64); err != nil {
		return s, backend.ErrMalformed
	}
	switch {
	case len(text) == 1:
		return s, nil
	case text[1] == "large":
		return broken(ErrLarge)
	case text[1] != "records":
		return s, backend.ErrMalformed
	}
	for text = text[2:]; len(text) >= 2; text = text[2:] {
		record, list, err := b.decode(site, text[0], text[1])
		if err != nil {
			s.Broken = append(s.Broken, &backend.RecordError{Where: where(site, text[0]), Err: err})
			continue
		}
		record.List = b.list(ctx, list)
		s.Records = append(s.Records, record)
	}
	return s, nil
}

// wrongType reports whether a key is not of the type that this package gives it.
func wrongType(err error) bool {
	e, ok := valkey.IsValkeyErr(err)
	return ok && strings.Contains(e.Error(), "WRONGTYPE")
}

// Load implements [backend.Shared].
func (b *Backend) Load(ctx context.Context) iter.Seq2[backend.Snapshot, error] {
	return func(yield func(backend.Snapshot, error) bool) {
		for sites, err := range b.sites(ctx) {
			if err != nil {
				yield(backend.Snapshot{}, fmt.Errorf("valkeyjar: load: %w", err))
				return
			}
			for ; len(sites) > 0; sites = sites[min(group, len(sites)):] {
				part := sites[:min(group, len(sites))]
				runs := make([]run, len(part))
				for i, site := range part {
					runs[i] = b.loadRun(site, 0)
				}
				for i, r := range b.runAll(ctx, loadScript, runs) {
					s, err := b.snapshot(ctx, part[i], r)
					if err != nil {
						yield(backend.Snapshot{}, fmt.Errorf("valkeyjar: load %q: %w", part[i], err))
						return
					}
					if len(s.Records)+len(s.Broken) > 0 && !yield(s, nil) {
						return
					}
				}
			}
		}
	}
}

// sites yields the names of all sites, each once, many at a time. An error is the last
// thing that is yielded.
func (b *Backend) sites(ctx context.Context) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		seen := map[string]bool{} // a scan may return a key twice
		for _, node := range b.masters(ctx) {
			for cursor := uint64(0); ; {
				entry, err := node.Do(ctx, node.B().Scan().Cursor(cursor).Match(b.prefix+"{*}"+keySite+"*").Count(scanCount).Build()).AsScanEntry()
				if err != nil {
					yield(nil, err)
					return
				}
				var found []string
				for _, key := range entry.Elements {
					if site, ok := b.siteOf(key); ok && !seen[site] {
						seen[site] = true
						found = append(found, site)
					}
				}
				if len(found) > 0 && !yield(found, nil) {
					return
				}
				if cursor = entry.Cursor; cursor == 0 {
					break
				}
			}
		}
	}
}

// masters returns a client for each node that is not a replica.
func (b *Backend) masters(ctx context.Context) []valkey.Client {
	var masters []valkey.Client
	for _, node := range b.client.Nodes() {
		role, err := node.Do(ctx, node.B().Role().Build()).ToArray()
		if err == nil && len(role) > 0 {
			if name, err := role[0].ToString(); err == nil && name != "master" {
				continue
			}
		}
		masters = append(masters, node) // miniredis has no ROLE
	}
	return masters
}

// Versions implements [backend.Shared].
func (b *Backend) Versions(ctx context.Context, sites []string) iter.Seq2[backend.Version, error] {
	return func(yield func(backend.Version, error) bool) {
		if sites != nil {
			b.versions(ctx, sites, yield)
			return
		}
		for found, err := range b.sites(ctx) {
			if err != nil {
				yield(backend.Version{}, fmt.Errorf("valkeyjar: versions: %w", err))
				return
			}
			if !b.versions(ctx, found, yield) {
				return
			}
		}
	}
}

// versions yields the versions of sites, and reports whether to go on.
func (b *Backend) versions(ctx context.Context, sites []string, yield func(backend.Version, error) bool) bool {
	for ; len(sites) > 0; sites = sites[min(scanCount, len(sites)):] {
		part := sites[:min(scanCount, len(sites))]
		results := b.do(ctx, func() []valkey.Completed {
			commands := make([]valkey.Completed, len(part))
			for i, site := range part {
				commands[i] = b.client.B().Hget().Key(b.siteKey(site)).Field(stateField).Build()
			}
			return commands
		})
		for i, r := range results {
			state, err := r.ToString()
			if valkey.IsValkeyNil(err) {
				continue
			}
			if wrongType(err) || err == nil && len(state) < 7 {
				continue // LoadSite reports it
			}
			if err != nil {
				yield(backend.Version{}, fmt.Errorf("valkeyjar: versions: %w", err))
				return false
			}
			if !yield(backend.Version{Site: part[i], Version: uint56(state)}, nil) {
				return false
			}
		}
	}
	return true
}
