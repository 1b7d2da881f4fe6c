// Package home is the bot's Home tab: what a person has under way, what waits for their word, and what they may do. It
// makes a view of facts and speaks with nobody.
package home
