// Package trace carries along what a request, a job and a delivery are known by: the call's id, the ids that a log line names,
// and the trace to which it all belongs.
//
// A trace is W3C's trace context (https://www.w3.org/TR/trace-context/): in the header traceparent between the parts, also
// through the queue, and in the field trace of a job's record, so that everything that is done for a job, in whatever
// process and however much later, is one trace. While nobody records ([Record] was not called), nothing of it is made, carried
// or kept. Package telemetry records.
package trace
