// Package card shows jobs and answers as Slack's blocks, with a text for where blocks are not shown. All words are those
// of the package jobtext, so that every door says the same; all of it is escaped and below Slack's limits.
package card
