// Package gathering is the state of a gathering: an event of some days at which many tracks share rooms. People say what
// a track talks of now and next, book rooms by the slot, check in, and are told of what they subscribed to.
//
// A [Gathering] is plain data, read whole from one hash, and nobody who reads it may change it. Whoever wants to change it
// hands an edit to [Store.Change]: the edit works on a [Draft], which records each field that it sets with what the field
// was before. One script applies the draft if every one of these still holds, counts the version, and writes the change
// to the log with its author. When somebody was faster the edit is begun again on what is there then. So of a hundred
// people who book one slot one wins, and the edits of the others find it booked, and say by whom.
//
// The log is kept whole, with snapshots: any moment can be read ([Store.At]) and gone back to ([Store.Restore]), and each
// change can be undone for a day ([Store.Undo]).
//
// What a draft refuses is a [Refusal]: a sentence for the person. Every other error is a fault.
package gathering
