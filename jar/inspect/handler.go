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

// Options say what a [Handler] allows. The zero Options are safe: the page changes
// nothing, and answers this machine only.
type Options struct {
	// AllowDelete adds buttons that delete cookies.
	AllowDelete bool

	// Hosts are the hosts, without a port, by which the page may be asked for from
	// anywhere; "*" means any. Without it, only requests from a loopback address to
	// localhost or a loopback address are answered. It takes the place of no
	// authentication: put that in front.
	Hosts []string

	// Record has decisions recorded from the start, for who looks later. Each
	// request of the jar then costs what a Watch of it costs. Without it, they are
	// recorded while somebody looks.
	Record bool

	// Decisions is how many of the last decisions, each about one cookie, are kept
	// and shown, of one request or response at most 100. Zero means 1000.
	Decisions int
}

// A Handler is the page about a jar. It is safe for concurrent use.
type Handler struct {
	jar      *jar.Jar
	options  Options
	settings jar.Options // of the jar
	recorder *recorder

	closing sync.Once
	open    context.Context // until Close
	close   context.CancelFunc
}

var _ http.Handler = (*Handler)(nil)

// New returns a page about j. Nil options are the zero Options.
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

// Close ends what is recorded and the streams to open pages, without which
// [http.Server.Shutdown] would wait for them: give Close to RegisterOnShutdown. What
// the page shows besides stays available. Close may be called more than once.
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

// limits returns those that the jar keeps.
func (h *Handler) limits() jar.Limits {
	if l := h.settings.Limits; l != nil {
		return *l
	}
	return h.settings.UserAgent.Limits()
}

// route returns the method that a path is for, and who serves it. The path that the
// Handler is mounted at is not known, so the last segment decides, and all links are
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
	if r.URL.Path == "" { // mounted by http.StripPrefix, and asked for without the slash
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
		http.Error(w, r.Method+" is not for this page", http.StatusMethodNotAllowed)
	default:
		serve(w, r)
	}
}

// redirect leads to a relative URL. [http.Redirect] would make it absolute by what
// [http.StripPrefix] has left of the path.
func redirect(w http.ResponseWriter, url string, status int) {
	w.Header().Set("Location", url)
	w.WriteHeader(status)
}
