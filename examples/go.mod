module uacookie/examples

go 1.26.0

require (
	golang.org/x/net v0.62.0
	golang.org/x/term v0.47.0
	uacookie v0.0.0
)

require (
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace uacookie => ../
