// Package events is the dashboard's pages about what comes from outside: what rules decided about it, what waits, what was
// given up and can be tried again, and when the bot was deaf.
package events
