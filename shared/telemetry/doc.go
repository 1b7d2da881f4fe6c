// Package telemetry sends what package trace records to a collector of OpenTelemetry, over HTTP, as JSON
// (https://opentelemetry.io/docs/specs/otlp/). The exporter of the OpenTelemetry project does the same by protocol buffers and
// takes gRPC along, which is more than twice the size of a function of ours.
package telemetry
