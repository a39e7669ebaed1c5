// Package inspect shows what is in a jar and what the jar decides, while the program
// that has it runs: as a web page, in its log, and as counters.
//
// The page is a [Handler], to be mounted as net/http/pprof is, at any path that ends
// in a slash:
//
//	h := inspect.New(j, nil)
//	mux.Handle("/debug/cookies/", h)
//
// It lists sites and cookies, with the reason for each decision as it is made,
// explains a request that one makes up, and exports the jar to files. [Log] writes
// the same decisions to a [log/slog.Logger], and [Counters] counts them.
//
// # Who sees it
//
// The page shows cookie values to who asks for them, as a browser's developer tools
// do. So by default it answers only requests that come from this machine, to a
// loopback host and from no other web page, and it changes nothing. That keeps out
// other machines and every web site, be it by a name that resolves to 127.0.0.1; it
// does not keep out other users and programs of this machine, nor what a proxy on this
// machine forwards without saying so. [Options] lift each of these; who lifts one puts
// authentication in front.
//
// # What it costs
//
// Nothing is collected until a page is open, or Options.Record is set: reading from a
// jar whose Handler nobody looks at is as fast as without.
package inspect
