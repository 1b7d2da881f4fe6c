package command

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Annotation is the name of the annotation in which a function declares its commands, a YAML list of Spec. Those whose names begin with it and
// a dot, "handsoff.dev/commands.2", hold further lists: faasd keeps an annotation as a label of containerd's, which has 4096 bytes.
const Annotation = "handsoff.dev/commands"

// AnnotationFrom is the name of the annotation with a path of the function, "/commands", at which it serves more commands in the
// same form: those that its configuration makes.
const AnnotationFrom = "handsoff.dev/commands-from"

// Declaration is all that a function's annotations declare: one list after the other, in the order of the annotations' names.
func Declaration(annotations map[string]string) string {
	var lists []string
	for _, name := range slices.Sorted(maps.Keys(annotations)) {
		if name == Annotation || strings.HasPrefix(name, Annotation+".") {
			lists = append(lists, annotations[name])
		}
	}
	return strings.Join(lists, "\n---\n")
}

// Spec declares one command.
type Spec struct {
	Words   string        `json:"words"             yaml:"words"`             // "jenkins build"; lower case, single spaces
	Also    []string      `json:"also,omitempty"    yaml:"also,omitempty"`    // other words for the same
	Summary string        `json:"summary"           yaml:"summary"`           // one line, an imperative sentence without a full stop
	Help    string        `json:"help,omitempty"    yaml:"help,omitempty"`    // more, shown by help <words>
	Args    []Arg         `json:"args,omitempty"    yaml:"args,omitempty"`    // in positional order
	Extra   string        `json:"extra,omitempty"   yaml:"extra,omitempty"`   // what other name=value pairs mean; empty refuses them. They arrive under the argument "extra" as map[string]string
	Role    string        `json:"role"              yaml:"role"`              // the role it needs, or RoleAnyone
	Now     bool          `json:"now,omitempty"     yaml:"now,omitempty"`     // answers at once, without a job
	Lock    string        `json:"lock,omitempty"    yaml:"lock,omitempty"`    // "deploy/{region}": what it needs alone, filled from the arguments
	Signoff *SignoffSpec  `json:"signoff,omitempty" yaml:"signoff,omitempty"` // whose approval it needs
	Limit   time.Duration `json:"limit,omitempty"   yaml:"limit,omitempty"`   // time limit of the job
	Needs   []string      `json:"needs,omitempty"   yaml:"needs,omitempty"`   // configuration sections it needs, "jenkins"; missing ones are shown by help
	Hidden  bool          `json:"hidden,omitempty"  yaml:"hidden,omitempty"`  // not listed by help

	// Prefixes are marks of PrefixMarks: a line that begins with one of them is this command's, whole, as the value of its only
	// argument, and nothing in it is read as quotes or names.
	Prefixes []string `json:"prefixes,omitempty" yaml:"prefixes,omitempty"`
}

// SignoffSpec declares a sign-off.
type SignoffSpec struct {
	Need   int           `json:"need"             yaml:"need"`             // how many other people
	Role   string        `json:"role,omitempty"   yaml:"role,omitempty"`   // "approver" when empty; "requester" is only who asked, and nobody else
	Self   bool          `json:"self,omitempty"   yaml:"self,omitempty"`   // whether the requester's own word counts
	Within time.Duration `json:"within,omitempty" yaml:"within,omitempty"` // one hour when empty
	Unless string        `json:"unless,omitempty" yaml:"unless,omitempty"` // a bool argument that makes it unnecessary, "safe"
}

// Arg declares one argument.
type Arg struct {
	Name     string   `json:"name"               yaml:"name"`
	Type     string   `json:"type,omitempty"     yaml:"type,omitempty"`    // string (default), int, bool, duration, choice, list, rest
	Help     string   `json:"help,omitempty"     yaml:"help,omitempty"`    // a phrase
	Choices  []string `json:"choices,omitempty"  yaml:"choices,omitempty"` // of a choice
	Default  any      `json:"default,omitempty"  yaml:"default,omitempty"` // makes it optional
	Optional bool     `json:"optional,omitempty" yaml:"optional,omitempty"`
	Secret   bool     `json:"secret,omitempty"   yaml:"secret,omitempty"` // masked wherever it is shown
}

// Declared is a Spec with the function that declares it.
type Declared struct {
	Spec
	Function string `json:"function"`

	longer bool // there is a command with these words and more: a bare first argument could be taken for one of them
}
