// Package webhook reads what GitHub's webhooks bring: what a delivery is about, under which names it may come again, and
// which event it is for the rules.
//
// Nothing here calls anybody, and nothing is believed that has not been verified before.
package webhook
