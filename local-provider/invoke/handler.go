package invoke

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/function"
)

// Prefix is the path below which functions are called.
const Prefix = "/function/"

// Handler serves /function/<name>[/path]. Bodies are streamed in both directions; nothing is buffered.
//
// The proxy of faas-provider is not used: it copies answers without flushing, drops the leading slash of paths and bounds
// every call by one time for all functions.
func (i *Invoker) Handler() http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite:       rewrite,
		FlushInterval: -1,
		Transport:     named{i},
		ErrorHandler:  answerError,
		ErrorLog:      slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
			http.MethodOptions:
		default:
			http.Error(w, "this method cannot call a function; use GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS",
				http.StatusMethodNotAllowed)
			return
		}
		name, _, ok := Target(strings.TrimPrefix(r.URL.EscapedPath(), Prefix))
		if !ok {
			notFound(w, name)
			return
		}
		Stamp(w, r)
		if !Hop(r.Header) {
			http.Error(w, fmt.Sprintf("the call was passed on %d times and is refused: functions seem to call each other in a circle",
				MaxHops), http.StatusLoopDetected)
			return
		}
		// A function may begin to answer before it has read all of the request.
		control := http.NewResponseController(w)
		_ = control.EnableFullDuplex() // HTTP/1 only; not needed elsewhere
		ctx := withReadLimit(context.WithValue(r.Context(), callee{}, name), control.SetReadDeadline)
		proxy.ServeHTTP(w, r.WithContext(ctx))
	})
}

// rewrite turns the gateway's path into the function's.
func rewrite(p *httputil.ProxyRequest) {
	_, path, _ := Target(strings.TrimPrefix(p.In.URL.EscapedPath(), Prefix))
	if unescaped, err := url.PathUnescape(path); err == nil {
		p.Out.URL.Path, p.Out.URL.RawPath = unescaped, path
	}
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	p.Out.Host = p.In.Host
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		p.Out.Header[header] = p.In.Header[header]
	}
}

// callee is the context key of the name of the function that a request is for.
type callee struct{}

// named lets the proxy send through the invoker.
type named struct{ *Invoker }

func (n named) RoundTrip(out *http.Request) (*http.Response, error) {
	name, ok := out.Context().Value(callee{}).(string)
	if !ok {
		return nil, function.ErrNotDeployed
	}
	began := time.Now()
	response, err := n.Do(name, out)
	if err != nil {
		return nil, err
	}
	response.Header.Set(HeaderDuration, fmt.Sprintf("%f", time.Since(began).Seconds()))
	return response, nil
}

func answerError(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set(HeaderInternal, "local-provider")
	name, _ := r.Context().Value(callee{}).(string)
	var backingOff *function.BackingOffError
	switch {
	case errors.Is(err, function.ErrNotDeployed):
		notFound(w, name)
	case errors.As(err, &backingOff):
		w.Header().Set("Retry-After", strconv.Itoa(int(backingOff.After/time.Second)+1))
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	case errors.Is(err, ErrReadTimeout):
		http.Error(w, fmt.Sprintf("function %s: %v", name, ErrReadTimeout), http.StatusGatewayTimeout)
	case errors.Is(err, ErrExecTimeout):
		http.Error(w, fmt.Sprintf("function %s: %v", name, ErrExecTimeout), http.StatusGatewayTimeout)
	case errors.Is(err, ErrWriteTimeout):
		http.Error(w, fmt.Sprintf("function %s: %v", name, ErrWriteTimeout), http.StatusInternalServerError)
	case r.Context().Err() != nil:
		// Whoever asked has gone: nobody reads this.
		w.WriteHeader(http.StatusBadGateway)
	default:
		slog.Warn("a call failed", "function", name, "error", err)
		http.Error(w, fmt.Sprintf("cannot reach function %s: %v; `faas-cli logs %s` shows what it printed", name,
			shortly(err), name), http.StatusInternalServerError)
	}
}

// shortly leaves out what only a programmer can use.
func shortly(err error) error {
	if errors.Is(err, ErrUnreachable) {
		return ErrUnreachable
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the request ended early")
	}
	return err
}

func notFound(w http.ResponseWriter, name string) {
	w.Header().Set(HeaderInternal, "local-provider")
	http.Error(w, fmt.Sprintf("there is no function %q; `faas-cli list` shows what is deployed", name), http.StatusNotFound)
}
