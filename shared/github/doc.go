// Package github is our account at GitHub, on go-github: as a GitHub App where one is installed, else with a token. It
// adds what that library leaves to its users:
//
//   - Errors say what they mean for whoever met them, see [Classify]; none shows a token.
//   - Writes are paced for all processes together, see [App.Turn], and whoever is told to wait waits.
//   - A call has a time limit, its answer a size limit, and no token leaves for another host than the API's.
//
// What people may do is asked at the moment at which it matters ([App.Permission]).
package github
