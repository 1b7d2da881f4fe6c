package webapi

import (
	"encoding/json"
	"errors"
	"io"
	"net"
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

// IsBroken reports an answer that is not JSON, or not all of it: a proxy's page, a broken connection.
func IsBroken(err error) bool {
	syntax, mismatch := new(json.SyntaxError), new(json.UnmarshalTypeError)
	return errors.As(err, &syntax) || errors.As(err, &mismatch) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// IsNetwork reports a connection that broke while the answer was read.
func IsNetwork(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) ||
		strings.Contains(err.Error(), "stream error: ") || strings.Contains(err.Error(), "http2: ")
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
