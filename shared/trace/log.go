package trace

import (
	"context"
	"log/slog"
	"slices"
)

type notesKey struct{}

// Note has every line that is logged with the context name what it is about, such as job and its id.
func Note(ctx context.Context, name, value string) context.Context {
	notes, _ := ctx.Value(notesKey{}).([]slog.Attr)
	return context.WithValue(ctx, notesKey{}, append(slices.Clip(notes), slog.String(name, value)))
}

// Handler is a handler of log lines that adds what the context of a line knows: what was noted, the call's id, and the trace.
// What a line says by itself it does not say twice.
func Handler(next slog.Handler) slog.Handler { return &handler{next: next} }

type handler struct {
	next  slog.Handler
	bound []string // names that With gave already
}

func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	notes, _ := ctx.Value(notesKey{}).([]slog.Attr)
	add := make([]slog.Attr, 0, len(notes)+2)
	add = append(add, notes...)
	add = append(add, slog.String("call", Call(ctx)), slog.String("trace", ID(ctx)))
	said := slices.Clone(h.bound)
	r.Attrs(func(a slog.Attr) bool {
		said = append(said, a.Key)
		return true
	})
	line := r.Clone()
	for _, a := range slices.Backward(add) { // the innermost counts
		if a.Value.String() != "" && !slices.Contains(said, a.Key) {
			line.AddAttrs(a)
			said = append(said, a.Key)
		}
	}
	return h.next.Handle(ctx, line)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	bound := slices.Clone(h.bound)
	for _, a := range attrs {
		bound = append(bound, a.Key)
	}
	return &handler{next: h.next.WithAttrs(attrs), bound: bound}
}

// WithGroup keeps what is added inside the group.
func (h *handler) WithGroup(name string) slog.Handler { return &handler{next: h.next.WithGroup(name)} }
