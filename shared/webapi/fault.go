package webapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// IsTimeout reports that no answer came in time.
func IsTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// IsUnsent reports that no connection came about, so that nothing was sent.
func IsUnsent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// isBroken reports an answer that is not JSON, or not all of it: a proxy's page, a broken connection.
func isBroken(err error) bool {
	syntax, mismatch := new(json.SyntaxError), new(json.UnmarshalTypeError)
	return errors.As(err, &syntax) || errors.As(err, &mismatch) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// isNetwork reports a connection that broke while the answer was read.
func isNetwork(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) ||
		strings.Contains(err.Error(), "stream error: ") || strings.Contains(err.Error(), "http2: ")
}

// Broke says what became of a call of a service that brought none of its answers: what happened, in a few words, and whether
// that passes. cause is what may matter to whoever asks with errors.Is; nil for nothing. The call's address, which may be a
// secret, is in none of them.
func Broke(service string, err error) (words string, passing bool, cause error) {
	address, onTheWay := errors.AsType[*url.Error](err)
	if onTheWay {
		err = address.Err
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled by ourselves", true, context.Canceled
	case errors.Is(err, context.DeadlineExceeded), IsTimeout(err):
		return "timeout", true, context.DeadlineExceeded
	case errors.Is(err, ErrTooLarge):
		return ErrTooLarge.Error(), false, ErrTooLarge
	case isBroken(err):
		return "not an answer of " + service + "'s API", true, nil
	case onTheWay, isNetwork(err):
		return cmp.Or(Reason(err), err.Error()), true, nil
	}
	return err.Error(), false, nil
}

// Reason says in a few words why a connection brought nothing; it is empty for what is not one of the usual reasons.
func Reason(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "its name is not known"
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	}
	return ""
}
