// Package words is what is in a line of IRC: whether it is for the bot, and how what the bot says becomes lines.
package words
