// Package question answers what people ask of clouds, and does the small things that they ask for: a server is shown, restarted,
// stopped; a hypervisor is taken out of service, and the owners of what runs on it are told.
//
// What only reads is answered at once, by all clouds that the asker may look at, side by side (clouds.go, server*.go, console.go,
// hypervisor*.go, quota.go). What changes something is a job (power*.go, scheduling.go, notify*.go, verify*.go): its effect is made
// once, its state is waited for, and its receipt says what was seen.
//
// A name, an id or an address that a person gives is data. Where an API takes a pattern, it is escaped, and what comes back is
// compared with what was given.
package question
