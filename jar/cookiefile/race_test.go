//go:build race

package cookiefile

const raceEnabled = true // tests take ten times as long
