// Package backend is the seam between a jar and where its cookies are kept: in a file,
// or on a server that a fleet of workers shares.
//
// Package durable runs a jar on a backend. It keeps cookies in memory, so that reading
// never gets here, and writes what has changed in batches. A backend therefore knows no
// rules: not what matches, or what is a public suffix.
//
// Package backendtest has the tests that every backend must pass.
//
// # One jar
//
// A [Backend] belongs to one jar at a time: an embedded database needs its three methods,
// and no goroutine. What [Backend.Apply] has returned nil for must survive the loss of the
// process, and, if the database says so, of power.
//
// # A fleet
//
// A [Shared] is a connection to a server that several jars share, such as Redis or Valkey.
// Each write has a [Stamp] in the server's time, and for each cookie the newest Stamp
// wins, whatever the order in which writes arrive. Workers measure how far their clocks
// are off, for Stamps and for the times of cookies: a worker whose clock is wrong, or is
// set, does no harm. Each site has a version, so that a worker notices that it has missed a change, and
// loads the site again. Since nothing spans two sites, they can be spread over shards.
//
// # What a worker sees
//
//   - Its own changes: at once.
//   - The changes of others: when Watch has delivered them, usually within milliseconds.
//     durable.Jar.Lag says for how long a worker has known that it may miss some. When the
//     connection is back, what was missed is loaded.
//   - After durable.Jar.Sync: all that other workers had flushed before the call. So if A
//     flushes and tells B, and B syncs, B sees it.
//   - While the server is away: what it had. It goes on with the sites that are loaded; a
//     site that is not loaded is an error. What the worker writes meanwhile has the Stamps of
//     the time when it was written: a login on Tuesday is not undone by Monday's cookies.
//   - In the end all workers that load a site see the same cookies, except those that a
//     worker's own limits made it give up. Limits and expiry are each worker's own: what a
//     worker evicts it does not delete for others, and what it evicts before it was
//     written they do not get.
//
// # What a login needs
//
// A cookie is written as a whole, and nothing is read and modified across workers:
//
//   - The worker that logs in calls Flush before it tells others, and they call Sync before
//     they rely on it. Otherwise a worker may make a few requests with the old session.
//   - A server that gives out a new token with each answer, and takes each token once, needs
//     one worker at a time for its site. Two workers that use the same token at once have
//     one request refused, whatever the jar does.
//   - Requests go through durable.Transport, or Load is called before them, so that the
//     site is loaded: a request without its cookies may begin a new session.
//   - A logout is a deletion, and stays one: an older login that arrives later loses. A
//     worker that was cut off for longer than [TombstoneLife] loses what it wrote before
//     that time for cookies that are no longer there, and is told.
//   - Https. Until a worker has heard of another worker's Secure cookie, it cannot keep an
//     insecure response from replacing the cookie.
//   - What the program deletes with the methods of jar.Jar is deleted for all workers, but
//     only in sites that are loaded. durable.Jar.EndSession ends the session of one worker.
//   - All workers should have the same public suffix list. Where lists differ about a
//     domain, its cookies are filed under two sites, and each worker sees those of its own;
//     the others are reported to durable.Options.Failed.
package backend
