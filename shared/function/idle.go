package function

import (
	"net/http"
	"runtime/debug"
	"time"
)

// quiet is how long no request must come before memory is given back.
const quiet = 2 * time.Second

// frugal gives memory that a burst of requests left free back to the system once it is quiet: a machine that runs many
// functions, most of them idle, would else hold the peak of each.
func frugal(next http.Handler) http.Handler {
	timer := time.AfterFunc(quiet, debug.FreeOSMemory)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timer.Reset(quiet)
		next.ServeHTTP(w, r)
	})
}
