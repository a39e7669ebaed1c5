/*
Package engine keeps the store's entries in memory. It knows no rule of the storage model:
what a cookie's identity is, what replaces what, what is evicted and when something has
expired is decided by package store, which finds entries, edits pages and publishes them
through this package.

It has one rule of the model, and only because drawing the line elsewhere costs: the order
in which entries are sent (entry.go). A multi-page site is searched by it, and a comparison
through a function value costs more than the field it would save.

# Terminology

  - Entry: a stored record. Its texts are a name, a value, a domain and a path.
  - Item: the part of an entry that has a fixed size: times, flags, and byte offsets.
  - Scope: a domain and a path. The entries of a page that have the same share one.
  - Pair: name and value as they stand in a cookie-string, with "; " behind them.
  - Page: the entries of a site, 12 at most, in one allocation: header, items, text.
  - Order word: which items of a page are entries, in which order; one uint64.
  - Site: the entries of one name in one partition. One that has more entries than fit in a
    page is a multi-page site: a sorted list of page references, and a name index.
  - Shard: the sites whose hashes have the same upper bits, with a table and a lock.
  - Slot: the place of a site in the table of a shard: a cell for readers, a summary for
    samplers and the sweep.
  - Tag: the control byte of a slot, a byte of the hash of its site.
  - Facts: a byte for each site that belongs to the rules.

# Picture

	Index ► shard set: 1, 8 or 128 shards
	┌───────────────┐
	│ shard 0       │    table
	│ shard 1  ─────┼──► ┌─────────────────────────────────────────┐
	│ ...           │    │ tags       one byte a slot, 8 to a word │
	│               │    │ cells      hash, page ──┐               │
	└───────────────┘    │ summaries  count, times │               │
	                     └─────────────────────────┼───────────────┘
	                                               ▼
	  page:       ┌────────┬───────────────┬──────────────────────────────────────┐
	              │ header │ items         │ text                                 │
	              │ order  │ times, flags, │ example.com/ www.example.com/app     │
	              │ word   │ byte offsets  │ a=1; b=2; c=3;                       │
	              └────────┴───────────────┴──────────────────────────────────────┘
	                                               │
	  multi-page site: the header of a page whose  ▼  order word says so
	              ┌────────┬───────────────────┬────────────┐
	              │ header │ version           │ name index │
	              │        │ refs ► [ref, ...] │ (writers)  │
	              └────────┴─────────┬─────────┴────────────┘
	                                 └──► page, page, ...

# Who writes what, and which store publishes it

Readers take no lock. A writer holds the lock of the site's shard. Each change becomes visible
by one atomic store, the last of the change:

	What                      Written under   Published by
	Index.set                 all Shard.mu    the store of the pointer: a new set is complete, and
	                                          a writer who waited for an old lock tries again
	Shard.table               Shard.mu        the store of the pointer: a new table is complete
	table.tags                Shard.mu        the store of the word: it is the last of a new slot
	cell.hash                 Shard.mu        table.tags
	cell.page                 Shard.mu        the store of the pointer: a new page is complete
	summary.packed, .oldest   Shard.mu        themselves: each may be too early, neither too late
	Shard.count, .partitioned,
	  .order                  Shard.mu        themselves
	Shard's other fields      Shard.mu        for writers only
	Page.order                Shard.mu        the store of the word
	item and text behind the
	  written part of a page  Shard.mu        Page.order: no reader looks there before
	Item.access               no lock         itself: concurrent readers store about the same time
	Page.expires, .itemLen,
	  .textLen, .facts        Shard.mu        for writers only, but for facts, which never changes
	Page.itemCap, .textCap,
	  .partition[Len]         newPage, setSite the store that publishes the page: they never change
	MultiPage.version         Shard.mu        itself: it moves before each change
	MultiPage.refs            Shard.mu        the store of the pointer: the slice is immutable
	pageRef.page              Shard.mu        the store of the pointer
	MultiPage.count, .names   Shard.mu        for writers only
	Index.partitioned         Shard.mu        itself: it counts shards, so it changes seldom
	totals.count              Shard.mu        itself; only of an index with a limit on all entries
	totals.samplePos          no lock         itself

A page that was replaced is never written to again, but for Item.access: a reader that still
has it reads a consistent older state.

# Techniques

  - Open addressing with control bytes compared eight at a time, as in a Swiss table
    (abseil.io/about/design/swisstables), here in a uint64 (SWAR).
  - An append log within each page, with publication by one word: copy-on-write, without
    the copy until the page is full.
  - A sequence counter over the pages of a multi-page site: the reader's half of a seqlock.
    Writers never make a reader wait; a reader that saw a change reads again.
  - Linear probing with backward-shift deletion, in the name index.
  - Sampled LRU, as Redis evicts: the oldest of a sample of sites goes, and a clock hand moves
    the sample round the tables.
  - Lock striping that grows with the sites. The shards are replaced as a whole, under all of
    their locks; readers of the old ones find the same pages.
  - Cache line alignment: an insertion writes to no line that a reader of another shard loads, or
    that an insertion in another shard writes. layout_test.go has the list of them. Numbers that
    order entries are assigned for each shard, and a site and its partitions are in one shard.
*/
package engine
