// Package fault keeps the misbehaviour that was ordered of a stand-in: which requests it befalls, after how many, how often.
package fault

import "slices"

// A Span says which of the requests that match an order it befalls.
type Span struct {
	// Times is how many requests it befalls; zero for all until Mend.
	Times int `json:"times,omitempty"`
	// Skip is how many matching requests are served well before.
	Skip int `json:"skip,omitempty"`
}

// Orders are the faults of one kind of description that are in force. They are not safe for concurrent use; their owner's
// lock guards them.
type Orders[F any] struct {
	orders []*order[F]
	last   int
}

type order[F any] struct {
	fault          F
	id, skip, left int
}

// Break orders a fault and returns a number by which Mend ends it.
func (o *Orders[F]) Break(f F, span Span) int {
	o.last++
	o.orders = append(o.orders, &order[F]{fault: f, id: o.last, skip: span.Skip, left: span.Times})
	return o.last
}

// Mend ends the faults with the given numbers, all of them when none is given.
func (o *Orders[F]) Mend(ids ...int) {
	o.orders = slices.DeleteFunc(o.orders, func(x *order[F]) bool { return len(ids) == 0 || slices.Contains(ids, x.id) })
}

// Befalls is the fault that befalls a request, nil for none. Of several that match, the one ordered first does.
func (o *Orders[F]) Befalls(match func(F) bool) *F {
	for i, x := range o.orders {
		if !match(x.fault) {
			continue
		}
		if x.skip > 0 {
			x.skip--
			continue
		}
		if x.left--; x.left == 0 {
			o.orders = slices.Delete(o.orders, i, i+1)
		}
		return &x.fault
	}
	return nil
}

// List are the faults in force, in the order in which they were ordered.
func (o *Orders[F]) List() []F {
	out := make([]F, 0, len(o.orders))
	for _, x := range o.orders {
		out = append(out, x.fault)
	}
	return out
}
