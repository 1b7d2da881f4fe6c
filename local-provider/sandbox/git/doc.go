// Package git is a git server for the sandbox and for tests: the real git behind HTTP, repositories to try things on, and
// faults to order.
//
// Repositories are bare ones below a folder. They are served as by any server of smart HTTP, through git http-backend, to
// who has the password; a page at / lists them. At /sandbox/… commits can be made without a git at hand, and connections
// broken where it hurts: half way through what is sent, half way through what is answered, or when all was done and only the
// answer is missing.
package git
