// Package schedule is commands that run at set times: what the configuration says of them, when they come due, and how they
// stand. The function clock runs them; others may look.
package schedule
