package ruling

// What became of a rule that matched.
const (
	Ran        = "ran"        // its command was taken: a job, or an answer at once
	Told       = "told"       // a notice was made
	Remembered = "remembered" // a value was kept

	Paused  = "paused"  // somebody paused the rule
	Looped  = "looped"  // what it did led to this event
	LetBe   = "let_be"  // the author's events are let alone
	Lacking = "lacking" // the author is not who may
	Before  = "before"  // it acted for this value before
	Blown   = "blown"   // it acted too often for this subject of late
	Refused = "refused" // the command was not taken
	Failed  = "failed"  // it could not be said what to do
)

// meanings are the outcomes in words.
var meanings = map[string]string{
	Ran: "ran", Told: "told", Remembered: "remembered",
	Paused: "paused", Looped: "stopped: a loop", LetBe: "let alone", Lacking: "not permitted", Before: "done before",
	Blown: "stopped: too often", Refused: "refused", Failed: "failed",
}

// Meaning is an outcome in words; empty for none of these.
func Meaning(outcome string) string { return meanings[outcome] }

// Acted reports whether the rule did something.
func Acted(outcome string) bool { return outcome == Ran || outcome == Told || outcome == Remembered }
