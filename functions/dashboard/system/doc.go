// Package system is the dashboard's page about how the bot itself does: what waits and for how long, Redis, the doors through
// which things come, and what was counted.
package system
