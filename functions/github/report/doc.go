// Package report is the report of open pull requests: which there are, how long they have been waiting, and how big they are.
package report
