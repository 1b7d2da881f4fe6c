package trace

import (
	"context"
	"net/http"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// scope is what all spans are made by.
const scope = "github.com/handsoff/handsoff"

// recorder makes spans; nil while nobody records.
var recorder atomic.Pointer[trace.Tracer]

// w3c reads and writes the header traceparent.
var w3c propagation.TraceContext

// Record has spans made by a provider from now on; nil for none. A process has one.
func Record(provider trace.TracerProvider) {
	if provider == nil {
		recorder.Store(nil)
		return
	}
	tracer := provider.Tracer(scope)
	recorder.Store(&tracer)
}

// Span is a piece of work. The zero value is one that nobody records.
type Span struct{ span trace.Span }

// Kind is which side of a call a span is on.
type Kind = trace.SpanKind

// The kinds.
const (
	Inside = trace.SpanKindInternal
	Server = trace.SpanKindServer
	Client = trace.SpanKindClient
)

// Begin begins a piece of work within the one of ctx; details are name, value, name, value, … and never secret. End it with End.
func Begin(ctx context.Context, kind Kind, name string, details ...string) (context.Context, Span) {
	tracer := recorder.Load()
	if tracer == nil {
		return ctx, Span{}
	}
	attributes := make([]attribute.KeyValue, 0, len(details)/2)
	for i := 0; i+1 < len(details); i += 2 {
		if details[i+1] != "" {
			attributes = append(attributes, attribute.String(details[i], details[i+1]))
		}
	}
	//nolint:spancheck // whoever began it ends it
	ctx, span := (*tracer).Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
	return ctx, Span{span} //nolint:spancheck // see above
}

// Within is Begin for what is of interest only as a part of something: outside of a trace it begins none.
func Within(ctx context.Context, kind Kind, name string, details ...string) (context.Context, Span) {
	if recorder.Load() == nil || !trace.SpanContextFromContext(ctx).IsValid() {
		return ctx, Span{}
	}
	return Begin(ctx, kind, name, details...)
}

// End ends it. The text of an error is recorded with it.
func (s Span) End(err error) {
	if s.span == nil {
		return
	}
	if err != nil {
		s.span.SetStatus(codes.Error, err.Error())
	}
	s.span.End()
}

// Add adds a detail.
func (s Span) Add(name, value string) {
	if s.span != nil {
		s.span.SetAttributes(attribute.String(name, value))
	}
}

// Carry is the trace of ctx as a text, for [Resume]; empty for none.
func Carry(ctx context.Context) string {
	if recorder.Load() == nil {
		return ""
	}
	header := propagation.MapCarrier{}
	w3c.Inject(ctx, header)
	return header.Get("traceparent")
}

// Resume goes on with a trace that Carry wrote; what is none leaves ctx as it is.
func Resume(ctx context.Context, carried string) context.Context {
	if recorder.Load() == nil || carried == "" {
		return ctx
	}
	return w3c.Extract(ctx, propagation.MapCarrier{"traceparent": carried})
}

// Send puts the trace and the call's id of ctx into the header of a request that is made for it.
func Send(ctx context.Context, header http.Header) {
	if id := Call(ctx); id != "" {
		header.Set(CallHeader, id)
	}
	if recorder.Load() != nil {
		w3c.Inject(ctx, propagation.HeaderCarrier(header))
	}
}

// Receive takes the call's id from a request, and, if whoever sent it is one of us, the trace too: a stranger begins none of
// ours.
func Receive(ctx context.Context, header http.Header, ours bool) context.Context {
	ctx = WithCall(ctx, header.Get(CallHeader))
	if ours && recorder.Load() != nil {
		ctx = w3c.Extract(ctx, propagation.HeaderCarrier(header))
	}
	return ctx
}

// Brought reports whether a request brings a trace that Receive would take, so that it is worth asking who sent it.
func Brought(header http.Header) bool {
	return recorder.Load() != nil && header.Get("Traceparent") != ""
}

// ID is the id of the trace of ctx, 32 hex digits; empty for none.
func ID(ctx context.Context) string {
	if recorder.Load() == nil {
		return ""
	}
	if c := trace.SpanContextFromContext(ctx); c.HasTraceID() {
		return c.TraceID().String()
	}
	return ""
}
