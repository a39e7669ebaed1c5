//go:build !race

package cookiefile

const raceEnabled = false
