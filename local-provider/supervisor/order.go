package supervisor

import "slices"

func sortByStart(traces []Trace) {
	slices.SortFunc(traces, func(a, b Trace) int { return a.Started.Compare(b.Started) })
}
