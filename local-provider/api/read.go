package api

import (
	"net/http"
	"runtime"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/function"
)

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	if err := namespace(r.URL.Query().Get("namespace")); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	records := s.Deployments.List()
	all := make([]types.FunctionStatus, len(records))
	for i, record := range records {
		all[i] = s.describe(record, false)
	}
	encode(w, all)
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	record, err := s.Deployments.Get(r.PathValue("name"))
	if err != nil {
		fail(w, err)
		return
	}
	encode(w, s.describe(record, r.URL.Query().Get("usage") == "1"))
}

// describe counts a function at rest as available: its processes are started by the next request, and whoever waits
// for it with `faas-cli ready` would wait for ever otherwise. One that keeps failing is not available.
func (s *Server) describe(record deployment.Record, usage bool) types.FunctionStatus {
	state := s.Functions.State(record.Service)
	status := types.FunctionStatus{
		Name: record.Service, Image: record.Image, Namespace: function.Namespace, EnvProcess: record.EnvProcess,
		EnvVars: record.EnvVars, Constraints: record.Constraints, Secrets: record.Secrets, Labels: record.Labels,
		Annotations: record.Annotations, Limits: record.Limits, Requests: record.Requests,
		ReadOnlyRootFilesystem: record.ReadOnlyRootFilesystem, CreatedAt: record.Created,
		InvocationCount: float64(state.Calls), Replicas: record.Replicas, AvailableReplicas: record.Replicas,
	}
	if state.Failing != nil {
		status.AvailableReplicas = 0
	}
	if usage && state.Ready > 0 {
		status.Usage = &types.FunctionUsage{TotalMemoryBytes: float64(state.Memory)}
	}
	return status
}

func (s *Server) info(w http.ResponseWriter, _ *http.Request) {
	version := &types.VersionInfo{Release: s.Release, SHA: s.Commit}
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x86_64"
	}
	// The shape is the gateway's, which has the provider's inside it.
	encode(w, struct {
		Provider *types.ProviderInfo `json:"provider"`
		Version  *types.VersionInfo  `json:"version"`
		Arch     string              `json:"arch"`
	}{&types.ProviderInfo{Name: "local-provider", Orchestration: "processes", Version: version}, version, arch})
}

func (s *Server) namespaces(w http.ResponseWriter, _ *http.Request) {
	encode(w, []string{function.Namespace})
}

func (s *Server) namespace(w http.ResponseWriter, r *http.Request) {
	if err := namespace(r.PathValue("name")); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	encode(w, types.FunctionNamespace{Name: function.Namespace, Annotations: map[string]string{"openfaas": "1"}})
}

// logged answers requests for logs that cannot be served, and reports whether this one can.
func (s *Server) logged(w http.ResponseWriter, r *http.Request) bool {
	query := r.URL.Query()
	name := query.Get("name")
	if name == "" {
		http.Error(w, "name is missing: say whose log to show", http.StatusBadRequest)
		return false
	}
	if err := namespace(query.Get("namespace")); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	if _, err := s.Deployments.Get(name); err != nil {
		fail(w, err)
		return false
	}
	return true
}
