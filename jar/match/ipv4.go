package match

import (
	"strconv"
	"strings"
)

// ipv4 returns the canonical form of an IPv4 address in any spelling of the URL standard:
// one to four numbers, each in decimal, octal (0177) or hexadecimal (0x7f), and an optional
// trailing dot. The last number fills the remaining bytes.
func ipv4(host string) (canonical string, ok bool) {
	var addr, part uint64
	left := 4 // bytes to fill
	for rest, more := strings.TrimSuffix(host, "."), true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		if part, ok = number(label); !ok || left == 0 {
			return "", false
		}
		size := 1 // bytes
		if !more {
			size = left
		}
		if part >= 1<<(8*size) {
			return "", false
		}
		addr = addr<<(8*size) | part
		left -= size
	}
	var buf [len("255.255.255.255")]byte
	b := buf[:0]
	for shift := 24; shift >= 0; shift -= 8 {
		b = strconv.AppendUint(b, addr>>shift&0xff, 10)
		if shift > 0 {
			b = append(b, '.')
		}
	}
	return keep(host, b), true
}

// number returns the value of one part of an IPv4 address. "0x" without digits is zero.
func number(s string) (n uint64, ok bool) {
	base := 10
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		if hex == "" {
			return 0, true
		}
		s, base = hex, 16
	} else if len(s) > 1 && s[0] == '0' {
		s, base = s[1:], 8
	}
	n, err := strconv.ParseUint(s, base, 64)
	return n, err == nil
}

// digits reports whether s is empty or consists of decimal digits.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
