// Package exposition answers Prometheus: everything that handsoff counts and measures, in the text format 0.0.4, at one
// place. What is counted was counted in Redis by whoever did it, so that it survives every function; what is measured is read
// when it is asked for.
//
// The source is https://prometheus.io/docs/instrumenting/exposition_formats/.
package exposition
