//go:build race

package durable_test

const raceEnabled = true // tests take ten times as long
