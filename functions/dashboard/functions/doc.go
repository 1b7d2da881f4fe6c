// Package functions is the dashboard's page about what is deployed: each function with its replicas and its commands, what of it is
// not configured, and what is wrong with what it declares.
package functions
