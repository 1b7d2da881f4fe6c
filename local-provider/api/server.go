// Package api serves the OpenFaaS API under /system: what is deployed, secrets, logs and information.
//
// The types, the authentication and the log stream are those of faas-provider. Its bootstrap.Serve is not used: it
// listens on every interface of the machine and ends the program on any error, and functions on this machine are open
// to whoever can reach the port.
package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/auth"
	"github.com/openfaas/faas-provider/logs"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/secret"
)

const (
	// maxBody bounds the JSON of a request, in bytes; annotations hold a whole catalogue of commands.
	maxBody = 1 << 20
	// logLimit ends a followed log, so that a forgotten terminal does not hold a connection for ever.
	logLimit = 24 * time.Hour
)

// Server is what the API is made of. All fields must be set.
type Server struct {
	Deployments *deployment.Store
	Functions   *function.Set
	Images      image.Folder
	Secrets     *secret.Store
	Logs        logs.Requester
	Credentials *auth.BasicAuthCredentials
	// Changed is called after every change of what is deployed.
	Changed func()
	// Release and Commit say which build this is.
	Release, Commit string

	// changing lets one change of what is deployed happen at a time.
	changing sync.Mutex
}

// Register adds the API's paths to a mux. Everything under /system needs basic auth.
func (s *Server) Register(mux *http.ServeMux) {
	logHandler := logs.NewLogHandlerFunc(s.Logs, logLimit)
	for pattern, handler := range map[string]http.HandlerFunc{
		"GET /system/functions":              s.list,
		"POST /system/functions":             s.deploy,
		"PUT /system/functions":              s.update,
		"DELETE /system/functions":           s.remove,
		"GET /system/function/{name}":        s.status,
		"POST /system/scale-function/{name}": s.scale,
		"GET /system/info":                   s.info,
		"GET /system/secrets":                s.Secrets.Handler(),
		"POST /system/secrets":               s.Secrets.Handler(),
		"PUT /system/secrets":                s.Secrets.Handler(),
		"DELETE /system/secrets":             s.Secrets.Handler(),
		"GET /system/namespaces":             s.namespaces,
		"GET /system/namespace/{name}":       s.namespace,
		"GET /system/logs": func(w http.ResponseWriter, r *http.Request) {
			if s.logged(w, r) {
				logHandler(w, r)
			}
		},
	} {
		mux.HandleFunc(pattern, auth.DecorateWithBasicAuth(handler, s.Credentials))
	}
}

// decode reads the JSON of a request, or answers what is wrong with it.
func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(into); err != nil {
		http.Error(w, "the body is not the JSON that was expected: "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func encode(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		slog.Debug("an answer did not reach its caller", "error", err)
	}
}
