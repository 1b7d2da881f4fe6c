// Package unfurl says what stands behind a link that people share: a pull request of GitHub, a change of Gerrit, a job of
// ours.
//
// A link is text from outside. It only chooses among the sites that the configuration names and gives the ids; every
// address that is fetched is built from the configuration and those ids, so that nobody can have the bot fetch anything
// else.
package unfurl
