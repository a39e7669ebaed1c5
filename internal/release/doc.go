// Release writes the tree as it is to be published, under the module path and the version
// that the owner gives:
//
//	go run ./internal/release -module example.org/you/uacookie -version v0.1.0 -out DIR
//
// It prints the git tags of the modules, in the order in which they are to be pushed. The
// differences to this tree:
//
//   - The module path is rewritten in imports, go.mod files, documents and comments. The word
//     "uacookie" in file formats, keys and protocols stays: a release reads the files that
//     this tree wrote.
//   - Modules require each other in the released version, and nothing is replaced, which go
//     install demands. Modules below a testdata folder are not published and keep their
//     replace directives.
//   - The go.sum files have the checksums of the modules that are released together.
//   - README.md says how to install what is published, and CHANGELOG.md names the version.
//
// With -check it publishes to a file-system GOPROXY in a temporary folder instead, and uses
// the modules from there as an importer does.
package main
