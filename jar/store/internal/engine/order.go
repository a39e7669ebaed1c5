package engine

// An Order is a page's order word: which items of the page are entries, and in which
// order. Its lowest four bits are the number of entries, and each five bits above them are
// the number of an item. It is the only part of a page's contents that changes: a reader
// that has loaded it sees one state of the page.
type Order uint64

const (
	orderLenBits  = 4
	orderItemBits = 5

	orderLenMask  = 1<<orderLenBits - 1
	orderItemMask = 1<<orderItemBits - 1
)

// Len returns the number of entries.
func (o Order) Len() int { return int(o & orderLenMask) }

// At returns the item number of entry k, which must exist.
func (o Order) At(k int) int {
	// Without the mask the compiler adds code for shifts past 63.
	return int(o >> (orderShift(k) & 63) & orderItemMask)
}

// with returns o with item in place of entry k.
func (o Order) with(k, item int) Order {
	return o&^(orderItemMask<<orderShift(k)) | Order(item)<<orderShift(k)
}

// insert returns o with item before entry k.
func (o Order) insert(k, item int) Order {
	before := Order(1)<<orderShift(k) - 1
	return o&before + 1 | Order(item)<<orderShift(k) | o&^before<<orderItemBits
}

// without returns o without entry k.
func (o Order) without(k int) Order {
	before := Order(1)<<orderShift(k) - 1
	return o&before - 1 | o>>orderItemBits&^before
}

// Next returns o without its first entry, for a loop that calls At(0): it saves the
// shift by a variable.
func (o Order) Next() Order { return o >> orderItemBits }

func orderShift(k int) int { return orderLenBits + orderItemBits*k }

// inOrder returns the order of items 0 to n-1.
func inOrder(n int) Order {
	const all = 0<<4 | 1<<9 | 2<<14 | 3<<19 | 4<<24 | 5<<29 | 6<<34 | 7<<39 | 8<<44 | 9<<49 | 10<<54 | 11<<59
	return all&(1<<orderShift(n)-1) | Order(n)
}
