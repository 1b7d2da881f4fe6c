// Package gap is the ledger of every window in which the bot was deaf: to GitHub, to a Gerrit server, to Slack, or to all of
// them because it was down itself. Whoever notices such a window opens a gap, has what was missed told again where the other
// side can do that, and closes the gap saying how, and what could not be had again. So that after a bad night somebody can
// read what the bot heard late, and what it never heard.
package gap
