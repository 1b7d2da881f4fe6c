package command

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// Limits of one declared command.
const (
	maxWords     = 6
	maxAlso      = 8
	maxArgs      = 32
	maxChoices   = 64
	maxSummary   = 120
	maxHelp      = 4 << 10
	maxPhrase    = 300
	maxName      = 64
	maxLimit     = 30 * day
	maxApprovals = 10
)

var (
	wordForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.?-]{0,31}$`)
	roleForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	holeForm = regexp.MustCompile(`\{([^{}]*)\}`)
)

// Check finds what is wrong with a declaration, and gives its defaults the argument's type.
func (s *Spec) Check() error { return s.check() }

// check finds what is wrong with a declaration, and gives its defaults the argument's type.
func (s *Spec) check() error {
	if err := s.checkNames(); err != nil {
		return err
	}
	if !roleForm.MatchString(s.Role) {
		return fmt.Errorf("role %q is missing or not a role's name; %q lets everybody use the command", s.Role, RoleAnyone)
	}
	if err := s.checkArgs(); err != nil {
		return err
	}
	if err := s.checkPrefixes(); err != nil {
		return err
	}
	if err := s.checkLock(); err != nil {
		return err
	}
	if err := s.checkSignoff(); err != nil {
		return err
	}
	return s.checkJob()
}

func (s *Spec) checkNames() error {
	if err := checkWords(s.Words); err != nil {
		return err
	}
	if len(s.Also) > maxAlso {
		return fmt.Errorf("also has %d entries; it may have %d", len(s.Also), maxAlso)
	}
	for _, words := range s.Also {
		if err := checkWords(words); err != nil {
			return fmt.Errorf("also: %w", err)
		}
	}
	if s.Summary == "" {
		return errors.New("summary is missing")
	}
	return errors.Join(
		checkText("summary", s.Summary, maxSummary, true),
		checkText("help", s.Help, maxHelp, false),
		checkText("extra", s.Extra, maxPhrase, true),
	)
}

func checkWords(words string) error {
	parts := strings.Split(words, " ")
	if len(parts) > maxWords {
		return fmt.Errorf("words %.40q… are more than %d", words, maxWords)
	}
	for _, w := range parts {
		if !wordForm.MatchString(w) {
			return fmt.Errorf("words %.100q are not lower-case words with single spaces", words)
		}
	}
	return nil
}

func checkText(name, text string, most int, oneLine bool) error {
	switch {
	case len(text) > most:
		return fmt.Errorf("%s has %d bytes; it may have %d", name, len(text), most)
	case oneLine && strings.ContainsAny(text, "\r\n"):
		return fmt.Errorf("%s has more than one line", name)
	case readable(text) != nil:
		return fmt.Errorf("%s has control characters or is not UTF-8", name)
	}
	return nil
}

func (s *Spec) checkArgs() error {
	if len(s.Args) > maxArgs {
		return fmt.Errorf("%d arguments; there may be %d", len(s.Args), maxArgs)
	}
	seen := make(map[string]bool, len(s.Args))
	optional := ""
	for i := range s.Args {
		a := &s.Args[i]
		if err := a.check(); err != nil {
			return fmt.Errorf("argument %.40q: %w", a.Name, err)
		}
		switch {
		case seen[a.Name]:
			return fmt.Errorf("argument %q is declared twice", a.Name)
		case a.Name == ExtraArg && s.Extra != "":
			return fmt.Errorf("argument %q: the name is taken by the pairs of extra", a.Name)
		case a.required() && optional != "":
			return fmt.Errorf("argument %q must be given but follows %q, which need not", a.Name, optional)
		case a.kind() == TypeRest && (i < len(s.Args)-1 || s.Extra != ""):
			return fmt.Errorf("argument %q takes everything left, so nothing can follow it", a.Name)
		}
		seen[a.Name] = true
		if !a.required() {
			optional = a.Name
		}
	}
	return nil
}

func (a *Arg) check() error {
	if !isPairName(a.Name) || len(a.Name) > maxName {
		return fmt.Errorf("a name is a letter or _, then letters, digits and _ . -, %d in all", maxName)
	}
	switch a.kind() {
	case TypeChoice:
		if len(a.Choices) == 0 || len(a.Choices) > maxChoices {
			return fmt.Errorf("a choice has 1 to %d choices, not %d", maxChoices, len(a.Choices))
		}
	case TypeString, TypeInt, TypeBool, TypeDuration, TypeList, TypeRest:
		if len(a.Choices) > 0 {
			return fmt.Errorf("choices belong to the type %s", TypeChoice)
		}
	default:
		return fmt.Errorf("type %.40q is unknown", a.Type)
	}
	for _, c := range a.Choices {
		if err := checkText("a choice", c, maxPhrase, true); err != nil || strings.TrimSpace(c) != c || c == "" {
			return fmt.Errorf("choice %.40q is empty, has white space around it or is not plain text", c)
		}
	}
	if err := checkText("help", a.Help, maxPhrase, true); err != nil {
		return err
	}
	return a.checkDefault()
}

func (a *Arg) checkDefault() error {
	if a.Default == nil {
		return nil
	}
	value, err := a.adopt(a.Default)
	if err != nil {
		return fmt.Errorf("default: %w", err)
	}
	a.Default = value
	return nil
}

func (s *Spec) checkLock() error {
	if s.Lock == "" {
		return nil
	}
	if err := checkText("lock", s.Lock, maxPhrase, true); err != nil {
		return err
	}
	for _, hole := range holeForm.FindAllStringSubmatch(s.Lock, -1) {
		if a := s.exactly(hole[1]); a == nil || a.Optional && a.Default == nil {
			return fmt.Errorf("lock %q: {%s} is not an argument that always has a value", s.Lock, hole[1])
		}
	}
	if strings.ContainsAny(holeForm.ReplaceAllString(s.Lock, ""), "{}") {
		return fmt.Errorf("lock %q: a brace has no partner", s.Lock)
	}
	return nil
}

func (s *Spec) checkSignoff() error {
	g := s.Signoff
	if g == nil {
		return nil
	}
	if err := g.check(); err != nil || g.Unless == "" {
		return err
	}
	if a := s.exactly(g.Unless); a == nil || a.kind() != TypeBool {
		return fmt.Errorf("signoff: unless: %.40q is not an argument of type %s", g.Unless, TypeBool)
	}
	return nil
}

// check finds what is wrong with a sign-off by itself.
func (g *SignoffSpec) check() error {
	if g.Role == job.SignoffRequester {
		if g.Need > 1 {
			return fmt.Errorf("signoff: the requester is one person, not %d", g.Need)
		}
		g.Need, g.Self = 1, true
	}
	switch {
	case g.Need < 1 || g.Need > maxApprovals:
		return fmt.Errorf("signoff needs 1 to %d people, not %d", maxApprovals, g.Need)
	case g.Role != "" && !roleForm.MatchString(g.Role):
		return fmt.Errorf("signoff: role %.40q is not a role's name", g.Role)
	case g.Within < 0 || g.Within > maxLimit:
		return fmt.Errorf("signoff: within is %s; it may be 0 to %s", g.Within, FormatDuration(maxLimit))
	}
	return nil
}

func (s *Spec) checkJob() error {
	if s.Limit < 0 || s.Limit > maxLimit {
		return fmt.Errorf("limit is %s; it may be 0 to %s", s.Limit, FormatDuration(maxLimit))
	}
	if s.Now && (s.Lock != "" || s.Signoff != nil || s.Limit != time.Duration(0)) {
		return errors.New("a command that answers at once has no lock, sign-off or limit: those belong to jobs")
	}
	return nil
}
