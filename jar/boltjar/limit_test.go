package boltjar_test

// limitFiles limits the size of this process's files until restore is called, as if the
// disk were full. It is nil on systems without such a limit.
var limitFiles func(size int64) (restore func() error, err error)
