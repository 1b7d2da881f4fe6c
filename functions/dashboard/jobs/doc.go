// Package jobs is the dashboard's pages about jobs: the list, one job with all that is known of it, its log as it comes, and
// the buttons with which people take a hand in it.
package jobs
