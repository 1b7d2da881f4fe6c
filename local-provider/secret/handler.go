package secret

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/function"
)

// maxBody leaves room for a value in base 64 and the JSON around it.
const maxBody = 2 * MaxValue

// Handler serves /system/secrets.
func (s *Store) Handler() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			s.list(w)
			return
		}
		var body types.Secret
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&body); err != nil {
			http.Error(w, "the body is not the JSON of a secret: "+err.Error(), http.StatusBadRequest)
			return
		}
		if body.Namespace != "" && body.Namespace != function.Namespace {
			http.Error(w, "there is only the namespace "+function.Namespace, http.StatusBadRequest)
			return
		}
		answer(w, s.change(r.Method, body))
	}
}

func (s *Store) change(method string, body types.Secret) error {
	value := body.RawValue
	if body.Value != "" {
		value = []byte(body.Value)
	}
	switch method {
	case http.MethodPost:
		return s.Create(body.Name, value)
	case http.MethodPut:
		return s.Update(body.Name, value)
	default:
		return s.Delete(body.Name)
	}
}

func (s *Store) list(w http.ResponseWriter) {
	all, err := s.List()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	secrets := make([]types.Secret, len(all))
	for i, name := range all {
		secrets[i] = types.Secret{Name: name, Namespace: function.Namespace}
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(secrets); err != nil {
		slog.Debug("the list of secrets did not reach its caller", "error", err)
	}
}

func answer(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusAccepted)
	case errors.Is(err, ErrExists):
		http.Error(w, err.Error(), http.StatusConflict)
	case errors.Is(err, ErrNotFound):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, ErrReserved):
		http.Error(w, err.Error(), http.StatusForbidden)
	case errors.Is(err, ErrInvalid):
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
