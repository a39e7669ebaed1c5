package store

// An order says which items of a page are cookies, and in which order they are sent.
// Its lowest four bits are how many there are, and each five bits above are the number
// of an item. It is all of a page that changes: a reader who has it sees one state.
type order uint64

// len returns how many cookies there are.
func (o order) len() int { return int(o & 15) }

// at returns which item the k-th cookie is, of which there must be one.
func (o order) at(k int) int { return int(o >> (shift(k) & 63) & 31) } // no shift past 63 to provide for

// with returns o with an item in place of the k-th cookie.
func (o order) with(k, item int) order {
	return o&^(31<<shift(k)) | order(item)<<shift(k)
}

// insert returns o with an item before the k-th cookie.
func (o order) insert(k, item int) order {
	before := order(1)<<shift(k) - 1
	return o&before + 1 | order(item)<<shift(k) | o&^before<<5
}

// without returns o without the k-th cookie.
func (o order) without(k int) order {
	before := order(1)<<shift(k) - 1
	return o&before - 1 | o>>5&^before
}

func shift(k int) int { return 4 + 5*k }

// inOrder is the order of n items as they stand.
func inOrder(n int) order {
	const all = 0<<4 | 1<<9 | 2<<14 | 3<<19 | 4<<24 | 5<<29 | 6<<34 | 7<<39 | 8<<44 | 9<<49 | 10<<54 | 11<<59
	return all&(1<<shift(n)-1) | order(n)
}
