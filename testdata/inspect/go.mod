module uacookie/testdata/inspect

go 1.26.0

require (
	uacookie v0.0.0
	uacookie/testdata/browsers v0.0.0
)

require (
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace uacookie => ../..

replace uacookie/testdata/browsers => ../browsers
