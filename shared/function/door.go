package function

import (
	"io"
	"net/http"
	"sync/atomic"
)

// door answers before a function can: while Redis is waited for, or reads its data. The function is alive and not ready then: a
// platform that looks after it does not kill it, and one that asks for both sends it nothing.
type door struct{ behind atomic.Pointer[http.Handler] }

func (d *door) open(h http.Handler) { d.behind.Store(&h) }

// ServeHTTP is the function's once it is open.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := d.behind.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	if r.Method == http.MethodGet && r.URL.Path == "/_/health" {
		_, _ = io.WriteString(w, "OK")
		return
	}
	w.Header().Set("Retry-After", "1")
	http.Error(w, "starting", http.StatusServiceUnavailable)
}
