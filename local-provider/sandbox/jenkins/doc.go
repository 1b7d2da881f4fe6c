// Package jenkins is a stand-in for a Jenkins controller: it speaks Jenkins' remote API as Jenkins itself answers it, so
// that a client can be tried, and its bad days rehearsed, without a Jenkins.
//
// Nothing runs. A build is a plan (lines of console with the moment at which each appears, and an end) and time is a
// clock of our own that may run faster, stand still or be moved ahead. All that has happened up to a moment is worked
// out when somebody looks: the events that are due (a quiet period ends, a build finishes, an abort has taken its time)
// are played in the order of their times, and after each the queue is maintained by Jenkins' own rules. So a hundred
// waiting builds cost nothing, and a test that moves the clock sees exactly what it would have seen by waiting.
//
// What is taken from the real thing (version 2.528.3, by reading its source): paths, status codes, headers, `_class`
// names, the rules of `tree=` and `depth=`, crumbs and API tokens, quiet periods and the merging of equal queue items,
// executors, permalinks, colours, health, estimates, stop/term/kill, restarts, and the faults that go with them, such as
// an abort that answers before anything has stopped. What is invented for tests stands apart: faults to order, held jobs
// and the ledger of what was started are methods of Server and the handler Control.
package jenkins
