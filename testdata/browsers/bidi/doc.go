// Package bidi starts a Firefox and drives it in WebDriver BiDi, as far as the recorder
// needs it.
package bidi
