package parse

import (
	"math"
	"strings"
)

// short returns a number of so few digits that an int64 holds it, and false if it is
// something else.
func short(digits string) (n int64, ok bool) {
	if len(digits) > 18 {
		return 0, false
	}
	for i := range len(digits) {
		d := int64(digits[i]) - '0'
		if uint64(d) > 9 {
			return 0, false
		}
		n = 10*n + d
	}
	return n, true
}

// parseMaxAge returns the delta-seconds that the value of a Max-Age attribute
// denotes, and false if the attribute is to be ignored. It takes any number of
// digits; past the range of an int64 it returns the end of that range, which
// serves, since no user agent keeps a cookie for so long.
// See RFC 6265bis, Section 5.6.2. Steps 5 to 7: policy knows the limit and the
// clock.
func parseMaxAge(value string, mode Mode) (seconds int64, ok bool) {
	digits := value
	negative := value != "" && value[0] == '-'
	if negative && mode&SignedMaxAge != 0 {
		return -1, true
	}
	if negative {
		digits = value[1:]
	}
	loose := mode&LooseMaxAge != 0
	if loose && !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	if digits == "" {
		return 0, false // 1, and 2 for a lone sign
	}

	if n, ok := short(digits); ok {
		if negative {
			n = -n
		}
		return n, true
	}

	const limit = 1 << 63 // one more than math.MaxInt64: the magnitude of math.MinInt64
	var n uint64
	for i := range len(digits) {
		d := uint64(digits[i]) - '0'
		if d > 9 {
			if loose && (n == limit || n == math.MaxInt64 && !negative) || mode&SignedMaxAge != 0 && n == limit {
				break
			}
			return 0, false // 2, 3
		}
		if n <= limit/10 { // 4
			n = min(10*n+d, limit)
		} else {
			n = limit // and stays there
		}
	}
	if negative {
		return -int64(n), true // -int64(limit) is math.MinInt64
	}
	return int64(min(n, math.MaxInt64)), true
}
