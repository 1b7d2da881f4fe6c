package gerrit

import (
	"fmt"
	"net/http"
)

// A Refusal is why Gerrit does not do something: the status and the text that REST answers.
type Refusal struct { //nolint:errname // it is what Gerrit says, and no mistake
	Status int
	Text   string
}

func (r *Refusal) Error() string { return r.Text }

func refuse(status int, format string, args ...any) error {
	return &Refusal{Status: status, Text: fmt.Sprintf(format, args...)}
}

func badRequest(format string, args ...any) error {
	return refuse(http.StatusBadRequest, format, args...)
}

func forbidden(format string, args ...any) error {
	return refuse(http.StatusForbidden, format, args...)
}

func conflict(format string, args ...any) error {
	return refuse(http.StatusConflict, format, args...)
}

func notFound(what any) error { return refuse(http.StatusNotFound, "Not found: %v", what) }
