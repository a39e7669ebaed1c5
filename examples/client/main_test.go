package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

func Example() {
	server := httptest.NewServer(http.HandlerFunc(serve))
	defer server.Close()
	for _, show := range []func(string) error{dropIn, transport} {
		if err := show(server.URL); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// http.Client.Jar:
	//   refused: cookie "__Host-id" from 127.0.0.1 refused: host-prefix
	//   the server got Cookie: none
	//   refused: cookie "__Host-id" from 127.0.0.1 refused: host-prefix
	//   the server got Cookie: session=s1; note="two words"
	// http.Client.Transport:
	//   refused: cookie "__Host-id" from 127.0.0.1 refused: host-prefix
	//   the server got Cookie: none
	//   refused: cookie "__Host-id" from 127.0.0.1 refused: host-prefix
	//   the server got Cookie: session=s1; cart={"items":["apple","pear"]}; note="two words"; token
}
