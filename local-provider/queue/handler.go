package queue

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/local-provider/invoke"
)

// Prefix is the path below which functions are called through the queue.
const Prefix = "/async-function/"

// hopByHop are headers of the connection, not of the request (RFC 9110, 7.6.1).
var hopByHop = []string{
	"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade", "Expect",
}

// Handler serves /async-function/<name>[/path]: 202 when the call is in Redis. As behind the real gateway a function that
// does not exist gets 202 too.
func (q *Queue) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "a call through the queue is a POST", http.StatusMethodNotAllowed)
			return
		}
		request, status, err := read(w, r)
		if err != nil {
			http.Error(w, err.Error(), status)
			return
		}
		if err := q.Put(r.Context(), request); err != nil {
			refuse(w, request.Function, err)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
}

func read(w http.ResponseWriter, r *http.Request) (Request, int, error) {
	name, path, ok := invoke.Target(strings.TrimPrefix(r.URL.EscapedPath(), Prefix))
	if !ok {
		return Request{}, http.StatusNotFound, fmt.Errorf("there is no function %q", name)
	}
	callback := r.Header.Get("X-Callback-Url")
	if err := checkCallback(callback); err != nil {
		return Request{}, http.StatusBadRequest, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return Request{}, http.StatusRequestEntityTooLarge,
			fmt.Errorf("the body is larger than the %d bytes that the queue takes; call the function directly", MaxBody)
	}
	if err != nil {
		return Request{}, http.StatusBadRequest, errors.New("the body ended early")
	}
	invoke.Stamp(w, r)
	if !invoke.Hop(r.Header) {
		return Request{}, http.StatusLoopDetected,
			fmt.Errorf("the call was passed on %d times and is refused: functions seem to call each other in a circle", invoke.MaxHops)
	}
	header := r.Header.Clone()
	for _, key := range hopByHop {
		header.Del(key)
	}
	header.Del("X-Callback-Url")
	return Request{
		Function: name, Path: path, Query: r.URL.RawQuery, Header: header, Body: body, Callback: callback,
	}, 0, nil
}

func checkCallback(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return errors.New("X-Callback-Url is not a URL like http://host/path")
	}
	return nil
}

func refuse(w http.ResponseWriter, name string, err error) {
	w.Header().Set("Retry-After", "1")
	if errors.Is(err, ErrFull) {
		http.Error(w, fmt.Sprintf("%v (%s); try again later", ErrFull, name), http.StatusTooManyRequests)
		return
	}
	slog.Error("a call cannot be queued", "function", name, "error", err)
	http.Error(w, "the queue cannot reach Redis, so it is not known whether the call was queued; try again", http.StatusServiceUnavailable)
}
