package trace

import (
	"context"
	"strings"
)

// CallHeader is the header in which OpenFaaS' gateway numbers calls.
const CallHeader = "X-Call-Id"

// longestCall bounds a call's id, in bytes.
const longestCall = 64

type callKey struct{}

// WithCall remembers a call's id. What cannot be one is forgotten: it comes from outside, and goes into headers and logs.
func WithCall(ctx context.Context, id string) context.Context {
	other := func(r rune) bool { return r <= ' ' || r > '~' }
	if id == "" || len(id) > longestCall || strings.ContainsFunc(id, other) {
		return ctx
	}
	return context.WithValue(ctx, callKey{}, id)
}

// Call is the id of the call for which something is done; empty for none.
func Call(ctx context.Context) string {
	id, _ := ctx.Value(callKey{}).(string)
	return id
}
