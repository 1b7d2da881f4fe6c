// Package inbox keeps what came from outside until it is dealt with.
//
// An edge (Slack's, GitHub's) verifies a request, calls [Inbox.Put], which is one round trip, and answers. From then on
// nothing can be lost: a [Worker] claims each delivery, hands it to the function's handler, and remembers it as done under
// all its names only when the handler returns nil. A sender that repeats itself is recognised by what is done, not by what
// was seen: a repetition of something unfinished goes through, of something finished it does not.
//
// A claim is a lease with a fence: a worker that dies lets it lapse, and the next one goes on with what the first one noted
// ([Claim.Note]); one that was only paused can write nothing any more. Deliveries are handled side by side and in no order,
// but for those of one lane ([Delivery].Lane): of these the next is taken up when the one before it is done or given up.
//
// Many are cheap: [Inbox.PutAll] takes them in together, and a worker claims, keeps and finishes together what is there at
// the same time. What is done can be read for a while ([Options].KeepBodies, [Inbox.Find]).
//
// What fails is tried again after one second, two, four, up to five minutes. What still fails after [Options].GiveUp, or
// kills its worker five times in a row, is laid on a list of the dead, kept, counted and audited; a repetition by its
// sender brings it back, and so does [Revive]. What it is too early for is no failure, see [Later].
package inbox
