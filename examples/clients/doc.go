// Package clients shows how other HTTP clients use the jar, one function for each client.
//
// Each function logs in at a [Server] with the cookies in a jar and returns the page behind
// the login. The first comment line of its glue starts with "Glue:"; the glue ends at the next
// blank line. All else is what a program with that client has anyway. The tests run the
// functions, compare each cookie that the server got with the bytes that it set, and write the
// table in README.md:
//
//	go test . -update
package clients
