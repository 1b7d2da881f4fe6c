package gerrit

import "fmt"

// A label is what can be voted on.
type label struct {
	name    string
	values  []labelValue // from the lowest
	allowed func(a *Account) (lowest, highest int)
	copied  func(value int, kind string) bool // whether a vote stays when a new patch set of a kind comes
}

type labelValue struct {
	value int
	text  string
}

func (l *label) lowest() int  { return l.values[0].value }
func (l *label) highest() int { return l.values[len(l.values)-1].value }

// labels are the votes of every project, as Gerrit's documentation sets them up.
var labels = []*label{
	{
		name: "Code-Review",
		values: []labelValue{
			{-2, "This shall not be submitted"},
			{-1, "I would prefer this is not submitted as is"},
			{0, "No score"},
			{1, "Looks good to me, but someone else must approve"},
			{2, "Looks good to me, approved"},
		},
		allowed: func(a *Account) (int, int) {
			if a.In(Core) {
				return -2, 2
			}
			return -1, 1
		},
		copied: func(value int, kind string) bool { return value == -2 || kind != kindRework },
	},
	{
		name: "Verified",
		values: []labelValue{
			{-1, "Fails"}, {0, "No score"}, {1, "Verified"},
		},
		allowed: func(a *Account) (int, int) {
			if a.In(CI) || a.In(Administrators) {
				return -1, 1
			}
			return 0, 0
		},
		copied: func(_ int, kind string) bool { return kind == kindNoCode || kind == kindNoChange },
	},
}

// Kinds of patch sets.
const (
	kindRework   = "REWORK"
	kindRebase   = "TRIVIAL_REBASE"
	kindNoCode   = "NO_CODE_CHANGE"
	kindNoChange = "NO_CHANGE"
)

func labelNamed(name string) *label {
	for _, l := range labels {
		if l.name == name {
			return l
		}
	}
	return nil
}

// checkVote says why somebody may not give a value.
func checkVote(a *Account, name string, value int) error {
	l := labelNamed(name)
	switch {
	case l == nil:
		return badRequest("label %q is not a configured label", name)
	case value < l.lowest() || value > l.highest():
		return badRequest("label %q: %d is not a valid value", name, value)
	}
	if lowest, highest := l.allowed(a); value < lowest || value > highest {
		return forbidden("Applying label %q: %d is restricted", name, value)
	}
	return nil
}

// voteText is how Gerrit writes a vote: "Verified+1", or "-Verified" for one taken back.
func voteText(name string, value int) string {
	if value == 0 {
		return "-" + name
	}
	return fmt.Sprintf("%s%+d", name, value)
}

// lacks is the first label that keeps a change from being submitted, empty when nothing does.
func (c *Change) lacks() string {
	for _, l := range labels {
		best, worst := 0, 0
		for _, v := range c.Votes {
			if v.Label == l.name {
				best, worst = max(best, v.Value), min(worst, v.Value)
			}
		}
		if best < l.highest() || worst == l.lowest() {
			return l.name
		}
	}
	return ""
}
