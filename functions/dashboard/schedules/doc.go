// Package schedules is the dashboard's pages about what runs at set times: when it comes due, what became of it last, and the
// buttons that let a schedule rest, go on and run now.
package schedules
