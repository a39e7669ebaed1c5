// Package inspect shows the contents and the decisions of a jar in a running program: on a
// web page, in the program's log, and as counters.
//
// The page is a [Handler]. Mount it like net/http/pprof, at any path that ends in a slash:
//
//	h := inspect.New(j, nil)
//	mux.Handle("/debug/cookies/", h)
//
// It lists sites and cookies, shows each decision with its reason as it is made, explains
// hypothetical requests, and exports the jar to files. For a worker of a fleet it shows what
// is pending, how many sites are in memory, and the lag. [Log] writes the same decisions to a
// [log/slog.Logger], and [Counters] counts them.
//
// # Who can see the page
//
// The page shows cookie values on request, as a browser's developer tools do. So by default
// it is read only, and it answers only requests from this machine, to a loopback host, that
// no other web page made. That keeps out other machines and all web sites, including
// those with a name that resolves to 127.0.0.1. It does not keep out other users and
// programs of this machine, or requests that a local proxy forwards without a forwarding
// header. [Options] lift these restrictions; if you lift one, put authentication in front.
//
// # What it costs
//
// Nothing is recorded until a page is open or Options.Record is set. Until then, reading
// from the jar is as fast as without a Handler.
package inspect
