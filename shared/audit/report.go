package audit

import "fmt"

// Kind is what is wrong with an entry.
type Kind string

// The kinds.
const (
	Altered  Kind = "altered"  // the entry, or its link, is not what was sealed
	Missing  Kind = "missing"  // an entry was sealed, and is gone
	Inserted Kind = "inserted" // an entry stands among sealed ones, and has no link
)

// Fault is the first entry that is not what was sealed.
type Fault struct {
	Kind  Kind
	ID    string // the entry's; empty where a file's line cannot be read
	Line  int    // in a file, from 1; else 0
	Why   string // a sentence's middle: "its text is not the one that was sealed"
	Entry *Entry // as it stands now; nil when it is gone or cannot be read
}

// Report is what a look at the whole trail found.
type Report struct {
	Checked  int    // entries that are as they were sealed, up to the fault
	First    string // the oldest entry's id; what was before it is no longer kept
	Head     Head   // the newest link
	Unsealed int    // entries that came meanwhile, and have no link yet
	Fault    *Fault // nil when all is as it was sealed

	Asked Head   // the head that was to be found; none when there was none
	Found Wanted // whether it was
}

// Wanted is whether a head was found in the chain.
type Wanted string

// What may become of looking for it.
const (
	NotAsked  Wanted = ""          // there was none to look for
	Stands    Wanted = "stands"    // it is there: all up to it is as it was
	Rewritten Wanted = "rewritten" // another link, or none, stands in its place: the trail was written anew
	TooOld    Wanted = "too old"   // its entry is older than the oldest kept
	NotYet    Wanted = "not yet"   // the chain ends before it: something was cut off, or it is another installation's
)

// Good reports whether nothing is wrong.
func (r Report) Good() bool { return r.Fault == nil && r.Found != Rewritten && r.Found != NotYet }

// String says it to people.
func (r Report) String() string {
	text := fmt.Sprintf("%d entries are as they were sealed", r.Checked)
	if r.Checked == 1 {
		text = "1 entry is as it was sealed"
	}
	if r.First != "" {
		text += "; the oldest is " + r.First
	}
	if r.Fault != nil {
		return r.Fault.String() + " Up to there, " + text + "."
	}
	if head := r.Head.String(); head != "" {
		text += "; the head is " + head
	}
	if r.Unsealed > 0 {
		text += fmt.Sprintf("; %d newer ones are not sealed yet", r.Unsealed)
	}
	return text + "." + r.wanted()
}

func (r Report) wanted() string {
	switch r.Found {
	case NotAsked:
	case Stands:
		return " The head that you gave is among them: nothing up to it was changed since."
	case Rewritten:
		return " But the head that you gave is not among them: the trail was written anew since it was announced."
	case TooOld:
		return " The head that you gave is of an entry that is no longer kept; give a newer one."
	case NotYet:
		return " But they end before the head that you gave: what came after was cut off, or it is the head of another trail."
	}
	return ""
}

// String says it to people, as a sentence or two.
func (f Fault) String() string {
	where := f.ID
	switch {
	case f.Line > 0 && f.ID != "":
		where = fmt.Sprintf("line %d, the entry %s", f.Line, f.ID)
	case f.Line > 0:
		where = fmt.Sprintf("line %d", f.Line)
	}
	return fmt.Sprintf("The first that is not as it was sealed is %s: %s (%s).", where, f.Why, f.Kind)
}
