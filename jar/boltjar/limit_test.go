package boltjar_test

// limitFiles has no file of this process grow past size until restore is called: to
// the process, the disk is full. It is nil where the system cannot do that.
var limitFiles func(size int64) (restore func() error, err error)
