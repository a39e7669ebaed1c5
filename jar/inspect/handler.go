package inspect

import (
	"cmp"
	"context"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"uacookie/jar"
)

// Options configure a [Handler]. The zero Options are safe: the page is read only and
// answers only requests from this machine.
type Options struct {
	// AllowDelete adds buttons that delete cookies.
	AllowDelete bool

	// Hosts are the host names, without a port, under which the page answers requests
	// from any machine; "*" means any name. If Hosts is empty, the page answers only
	// requests from a loopback address to localhost or a loopback address. Hosts is no
	// substitute for authentication; put that in front.
	Hosts []string

	// Record records decisions from the start, before a page is open. Each request of the
	// jar then costs as much as with a Watch. By default, decisions are recorded only
	// while a page is open.
	Record bool

	// Decisions is the number of decisions that are recorded and shown, the latest ones.
	// Each is about one cookie; one request or response gives at most 100. Zero means
	// 1000.
	Decisions int

	// Worker, if not nil, is the worker of a fleet that has the jar, such as a *durable.Jar
	// from durable.OpenShared. The page shows its state.
	Worker Worker
}

// A Worker is a jar that shares its cookies with other workers through a server. Its
// methods may be called at any time.
type Worker interface {
	// Lag returns for how long the jar may have missed changes of other workers; zero
	// means that it misses none.
	Lag() time.Duration

	// HotSites returns the number of sites that the jar has in memory.
	HotSites() int

	// Pending returns the number of changes that the server is not known to have yet.
	Pending() int
}

// A Handler serves the page about a jar. It is safe for concurrent use.
type Handler struct {
	jar      *jar.Jar
	options  Options
	settings jar.Options // the jar's options
	recorder *recorder

	closing sync.Once
	open    context.Context // until Close
	close   context.CancelFunc
}

var _ http.Handler = (*Handler)(nil)

// New returns a Handler for j. Nil options mean the zero Options.
func New(j *jar.Jar, o *Options) *Handler {
	h := &Handler{jar: j, settings: j.Options()}
	h.open, h.close = context.WithCancel(context.Background())
	if o != nil {
		h.options = *o
	}
	h.recorder = newRecorder(j, cmp.Or(max(h.options.Decisions, 0), 1000))
	if h.options.Record {
		h.recorder.open()
	}
	return h
}

// Close stops recording and ends the streams to open pages. [http.Server.Shutdown] would
// wait for these streams, so pass Close to RegisterOnShutdown. The rest of the page stays
// available. Close may be called more than once.
func (h *Handler) Close() {
	h.closing.Do(func() {
		h.close()
		if h.options.Record {
			h.recorder.close()
		}
	})
}

// now returns the time by the jar's clock.
func (h *Handler) now() time.Time {
	if h.settings.Now != nil {
		return h.settings.Now()
	}
	return time.Now()
}

// limits returns the limits of the jar.
func (h *Handler) limits() jar.Limits {
	if l := h.settings.Limits; l != nil {
		return *l
	}
	return h.settings.UserAgent.Limits()
}

// route returns the method and the handler of a path's last segment. The Handler does not
// know the path that it is mounted at, so only the last segment counts, and all links are
// relative.
func (h *Handler) route(segment string) (method string, serve http.HandlerFunc) {
	switch segment {
	case "":
		return http.MethodGet, h.cookies
	case "events":
		return http.MethodGet, h.events
	case "explain":
		return http.MethodGet, h.explain
	case "export":
		return http.MethodGet, h.export
	case "delete":
		return http.MethodPost, h.delete
	case "clear":
		return http.MethodPost, h.clear
	case "style.css", "script.js", "icon.svg":
		return http.MethodGet, asset(segment)
	}
	return "", nil
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	if why := h.refuse(r); why != "" {
		http.Error(w, "refused: "+why, http.StatusForbidden)
		return
	}
	if r.URL.Path == "" { // mounted with http.StripPrefix, and requested without the slash
		asked, _, _ := strings.Cut(r.RequestURI, "?")
		redirect(w, path.Base(asked)+"/", http.StatusMovedPermanently)
		return
	}
	method, serve := h.route(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
	switch {
	case serve == nil:
		http.NotFound(w, r)
	case r.Method != method && (r.Method != http.MethodHead || method != http.MethodGet):
		w.Header().Set("Allow", method)
		http.Error(w, "this page does not support "+r.Method, http.StatusMethodNotAllowed)
	default:
		serve(w, r)
	}
}

// redirect redirects to a relative URL. [http.Redirect] would resolve it against the path,
// from which [http.StripPrefix] may have removed a prefix.
func redirect(w http.ResponseWriter, url string, status int) {
	w.Header().Set("Location", url)
	w.WriteHeader(status)
}
