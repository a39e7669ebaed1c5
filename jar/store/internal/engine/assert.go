package engine

import "unsafe"

// What the layout relies on, checked by the compiler: a negative constant is no uint.
// Each line names what to look at when it fails.
const (
	// The order word has a number of entries and MaxPageEntries item numbers: order.go.
	_ = uint(64 - orderLenBits - orderItemBits*MaxPageEntries)
	// inOrder lists the items of a full page, up to 12.
	_ = uint(12 - MaxPageEntries)
	// A length that no page has marks a multi-page site.
	_ = uint(multiPageMark - MaxPageEntries - 1)
	_ = uint(orderLenMask - multiPageMark)
	// Each item of a page has a number.
	_ = uint(orderItemMask + 1 - maxPageItems)
	_ = uint(maxPageItems - MaxPageEntries)
	// A page whose entries are replaced gets capacity for as many again: edit.go.
	_ = uint(maxPageItems - 2*MaxPageEntries)
	// Items follow the header, and each starts with a 64-bit atomic, which must be aligned
	// on 32-bit machines too, where a uint64 alone is not.
	_ = -uint(headerSize % 8)
	_ = -uint(itemSize % 8)
	_ = -uint(unsafe.Offsetof(Item{}.access) % 8)
	_ = -uint(unsafe.Offsetof(Page{}.order) % 8)
	// A multi-page site is found by its embedded page.
	_ = -uint(unsafe.Offsetof(MultiPage{}.Page))
	// A group of control bytes is a word, and the shards are a power of two, each with two cache
	// lines.
	_ = -uint(minTable % groupSize)
	_ = -uint(maxShards & (maxShards - 1))
	_ = -uint(unsafe.Sizeof(Shard{}) - 2*cacheLine)
	_ = -uint(unsafe.Offsetof(Shard{}.shardBody) - cacheLine)
	_ = uint(cacheLine - 8 - unsafe.Sizeof(shardBody{}))
)
