// Package metrics reads what the scripts of package job count: how many jobs were accepted and how they ended, how long they
// took, waited, and took to stop. What ends a job counts it in the same script, so a job is counted once, and what is counted
// survives whoever counted it.
//
// Everything is counted for ever and, besides, for its hour. An hour is kept for 35 days.
package metrics
