package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/function"
)

// deploy serves POST: a function that does not exist yet.
func (s *Server) deploy(w http.ResponseWriter, r *http.Request) {
	s.store(w, r, s.Deployments.Create)
}

// update serves PUT: a function that exists; 404 makes faas-cli deploy it anew.
func (s *Server) update(w http.ResponseWriter, r *http.Request) {
	s.store(w, r, s.Deployments.Update)
}

func (s *Server) store(w http.ResponseWriter, r *http.Request,
	write func(d types.FunctionDeployment, digest string) (deployment.Record, error),
) {
	var d types.FunctionDeployment
	if !decode(w, r, &d) {
		return
	}
	if err := s.acceptable(d); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	digest, err := s.Images.Digest(d.Image)
	if err != nil {
		fail(w, err)
		return
	}
	record, err := write(d, digest)
	if err != nil {
		fail(w, err)
		return
	}
	if err := s.Functions.Apply(record); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.Changed()
	w.WriteHeader(http.StatusAccepted)
}

// acceptable says in a sentence what is wrong with a deployment.
func (s *Server) acceptable(d types.FunctionDeployment) error {
	if err := deployment.Validate(d); err != nil {
		return err
	}
	if err := namespace(d.Namespace); err != nil {
		return err
	}
	for _, name := range d.Secrets {
		if !s.Secrets.Exists(name) {
			return fmt.Errorf("function %s wants the secret %q, which does not exist; create it with "+
				"`faas-cli secret create %s --from-file …`", d.Service, name, name)
		}
	}
	return s.Functions.Check(deployment.Record{FunctionDeployment: d})
}

// remove serves DELETE.
func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	var d types.DeleteFunctionRequest
	if !decode(w, r, &d) {
		return
	}
	if d.FunctionName == "" {
		http.Error(w, "functionName is missing: say which function to delete", http.StatusBadRequest)
		return
	}
	if err := namespace(d.Namespace); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if err := s.Deployments.Delete(d.FunctionName); err != nil {
		fail(w, err)
		return
	}
	s.Functions.Remove(d.FunctionName)
	s.Changed()
	w.WriteHeader(http.StatusAccepted)
}

// scale serves POST /system/scale-function/{name}.
func (s *Server) scale(w http.ResponseWriter, r *http.Request) {
	var body types.ScaleServiceRequest
	if !decode(w, r, &body) {
		return
	}
	name := r.PathValue("name")
	if err := namespace(body.Namespace); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if body.Replicas > function.MaxReplicas {
		http.Error(w, fmt.Sprintf("at most %d replicas are possible", function.MaxReplicas), http.StatusBadRequest)
		return
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if _, err := s.Deployments.Scale(name, body.Replicas); err != nil {
		fail(w, err)
		return
	}
	if err := s.Functions.Scale(name, int(body.Replicas)); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

func namespace(name string) error {
	if name != "" && name != function.Namespace {
		return fmt.Errorf("there is no namespace %q; this provider has only %s", name, function.Namespace)
	}
	return nil
}

func fail(w http.ResponseWriter, err error) {
	code := http.StatusInternalServerError
	switch {
	case errors.Is(err, deployment.ErrNotFound), errors.Is(err, function.ErrNotDeployed):
		code = http.StatusNotFound
	case errors.Is(err, deployment.ErrExists):
		code = http.StatusConflict
	}
	http.Error(w, err.Error(), code)
}
