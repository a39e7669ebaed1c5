package inspect

import (
	"net/http"
	"net/url"

	"uacookie/jar"
)

// maxForm is the maximum size of a form in bytes. A cookie's id is shorter than twice the
// size of its attributes.
const maxForm = 64 << 10

// delete deletes the cookie with the id in the field "cookie", or all cookies of the site
// in the field "site".
func (h *Handler) delete(w http.ResponseWriter, r *http.Request) {
	form, ok := h.form(w, r)
	if !ok {
		return
	}
	switch {
	case form.Has("cookie"):
		key, err := parseID(form.Get("cookie"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		h.jar.Delete(func(c jar.Cookie) bool { return c.Key() == key })
	case form.Has("site"):
		rules, name := h.jar.Sites(), form.Get("site")
		h.jar.Delete(func(c jar.Cookie) bool { return rules.Site(c.Domain) == name })
	default:
		http.Error(w, "want a field cookie or site", http.StatusBadRequest)
		return
	}
	back(w, form)
}

// clear deletes all cookies.
func (h *Handler) clear(w http.ResponseWriter, r *http.Request) {
	if form, ok := h.form(w, r); ok {
		h.jar.Clear()
		back(w, form)
	}
}

// form returns the posted form, or writes an error if deleting is not allowed.
func (h *Handler) form(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	if !h.options.AllowDelete {
		http.Error(w, "refused: the page is read only; see inspect.Options.AllowDelete", http.StatusForbidden)
		return nil, false
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form could not be read", http.StatusBadRequest)
		return nil, false
	}
	return r.PostForm, true
}

// back redirects to the page about cookies as it was, without the cookie shown in full.
func back(w http.ResponseWriter, form url.Values) {
	v, _ := url.ParseQuery(form.Get("return")) // the valid part of the query
	redirect(w, parseQuery(v).AtCookie("").Link(), http.StatusSeeOther)
}
