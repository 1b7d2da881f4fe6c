package command

import "time"

// Annotation is the name of the annotation in which a function declares its commands, a YAML list of Spec.
const Annotation = "handsoff.dev/commands"

// AnnotationFrom is the name of the annotation with a path of the function, "/commands", at which it serves more commands in the
// same form: those that its configuration makes.
const AnnotationFrom = "handsoff.dev/commands-from"

// Spec declares one command.
type Spec struct {
	Words   string        `yaml:"words"`             // "jenkins build"; lower case, single spaces
	Also    []string      `yaml:"also,omitempty"`    // other words for the same
	Summary string        `yaml:"summary"`           // one line, an imperative sentence without a full stop
	Help    string        `yaml:"help,omitempty"`    // more, shown by help <words>
	Args    []Arg         `yaml:"args,omitempty"`    // in positional order
	Extra   string        `yaml:"extra,omitempty"`   // what other name=value pairs mean; empty refuses them. They arrive under the argument "extra" as map[string]string
	Role    string        `yaml:"role"`              // the role it needs, or RoleAnyone
	Now     bool          `yaml:"now,omitempty"`     // answers at once, without a job
	Lock    string        `yaml:"lock,omitempty"`    // "deploy/{region}": what it needs alone, filled from the arguments
	Signoff *SignoffSpec  `yaml:"signoff,omitempty"` // whose approval it needs
	Limit   time.Duration `yaml:"limit,omitempty"`   // time limit of the job
	Needs   []string      `yaml:"needs,omitempty"`   // configuration sections it needs, "jenkins"; missing ones are shown by help
	Hidden  bool          `yaml:"hidden,omitempty"`  // not listed by help
}

// SignoffSpec declares a sign-off.
type SignoffSpec struct {
	Need   int           `yaml:"need"`             // how many other people
	Role   string        `yaml:"role,omitempty"`   // "approver" when empty
	Self   bool          `yaml:"self,omitempty"`   // whether the requester's own word counts
	Within time.Duration `yaml:"within,omitempty"` // one hour when empty
	Unless string        `yaml:"unless,omitempty"` // a bool argument that makes it unnecessary, "safe"
}

// Arg declares one argument.
type Arg struct {
	Name     string   `yaml:"name"`
	Type     string   `yaml:"type,omitempty"`    // string (default), int, bool, duration, choice, list, rest
	Help     string   `yaml:"help,omitempty"`    // a phrase
	Choices  []string `yaml:"choices,omitempty"` // of a choice
	Default  any      `yaml:"default,omitempty"` // makes it optional
	Optional bool     `yaml:"optional,omitempty"`
	Secret   bool     `yaml:"secret,omitempty"` // masked wherever it is shown
}

// Declared is a Spec with the function that declares it.
type Declared struct {
	Spec
	Function string

	longer bool // there is a command with these words and more: a bare first argument could be taken for one of them
}
