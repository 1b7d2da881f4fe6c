// Package vitals reads the signs of life of what stands around the functions: the clock, the inboxes, the queue of local-provider, and the
// processes that keep connections to a Gerrit or an IRC network. Pages show them and Prometheus is told them.
package vitals
