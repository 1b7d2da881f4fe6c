// Package function is what every function of handsoff stands on: a plain HTTP server that OpenFaaS deploys like any other,
// the secrets it may read, the signature of whoever calls it, and the gateway through which it calls others.
//
// A function's main is [Main] with a function that says what it brings: jobs to step, commands to answer at once.
package function
