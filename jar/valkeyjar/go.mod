module uacookie/jar/valkeyjar

go 1.26.0

require (
	github.com/alicebob/miniredis/v2 v2.40.0
	github.com/valkey-io/valkey-go v1.0.79
	uacookie v0.0.0-00010101000000-000000000000
)

require (
	github.com/yuin/gopher-lua v1.1.1 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace uacookie => ../..
