// Package devtools starts a Chromium and drives it in the DevTools protocol, as far
// as the tests of this project need it.
package devtools
