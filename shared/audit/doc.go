// Package audit makes the audit trail one that tells when it was changed.
//
// The trail is a stream to which the scripts of jobs, and whoever turns somebody away, add an entry for each act. Beside it
// stands the chain: a second stream with a link for every entry, under the entry's id. A link's hash covers the entry and the
// hash of the link before, so that no entry can be altered, removed or put in between without every later hash being
// another one. [Seal] writes the links that are missing; the clock has it done at each tick, so that an act and its seal are
// seconds apart. [Against] goes through both streams, [Check] through a file that [Export] wrote, without Redis; both name
// the first entry that is not what was sealed.
//
// Whoever can write to Redis can rewrite the trail and make a whole new chain. That is found out by a head that was kept
// elsewhere: the newest link of a moment, which the clock announces every day, and which must still be in the chain.
package audit
