package mrkdwn

// Where says where in a message the bot is mentioned.
type Where int

// The places of a mention.
const (
	Nowhere   Where = iota
	AtStart         // at the beginning of the message or of a line
	Elsewhere       // in the middle of a line
)

// Undo turns text as Slack sends it (an event's text, a slash command's) into what the person typed.
func Undo(text string) string { return text }

// Mention finds the bot's mention <@botID> in text as Slack sends it. AtStart: rest is what follows the mention, on its
// line and the lines below, a ":" or "," dropped, still to be undone. Otherwise rest is the text.
func Mention(text, botID string) (rest string, where Where) { return text, Nowhere }

// Escape makes plain text fit for a mrkdwn text: shown as it is, without links, mentions, styles.
func Escape(text string) string { return text }

// Code is text as a code block ``` … ```, escaped, which nothing in it can end.
func Code(text string) string { return text }

// Inline is text of one line as code `…`, escaped.
func Inline(text string) string { return text }

// Person mentions a person of Slack, "<@U123>" for the principal slack:U123; any other principal is shown as plain text.
func Person(principal string) string { return principal }

// Length is how long Slack may find a text.
func Length(text string) int { return len(text) }

// Clip shortens escaped text to a limit; what is cut is marked, and no entity, character or code block is cut in two.
func Clip(text string, limit int) string { return text }

// Split cuts escaped text, such as Escape and Code give, into parts of at most limit. It prefers the ends of lines, cuts
// no entity and no character in two, and closes a code block at a cut and opens it anew.
func Split(text string, limit int) []string { return []string{text} }
