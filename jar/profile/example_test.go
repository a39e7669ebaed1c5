package profile_test

import (
	"context"
	"fmt"

	"uacookie/jar"
	"uacookie/jar/profile"
)

// The cookies of a profile can be loaded into a jar while the browser runs.
func ExampleLoad() {
	j, _ := jar.New(nil)
	n, err := profile.Load(context.Background(), j, "no/such/profile/cookies.sqlite", nil)
	fmt.Println(n, err)
	// Output:
	// 0 stat no/such/profile/cookies.sqlite: no such file or directory
}
