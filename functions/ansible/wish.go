package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// wish is a run as a job was asked for it, checked against the configuration.
type wish struct {
	playbook  *playbook
	inventory string
	from      *inventory
	tags      string
	skipTags  string
	limit     string
	check     bool
	diff      bool
	verbosity int
	forks     int
	user      string
	vars      map[string]any  // those of the configuration, then those that were given
	literal   map[string]bool // of these, what somebody gave: never a template, see writeLiteral
	hidden    []string        // values that are shown nowhere
}

var (
	// fileForm finds a part of a limit for which Ansible would read a file, and tell what is in it: web,@/run/secrets/x.
	fileForm = regexp.MustCompile(`(^|[^A-Za-z0-9_.-])@`)
	// userForm is the name of a user. Ansible takes it for a template, and ssh for a part of an option.
	userForm = regexp.MustCompile(`^[A-Za-z0-9_.][A-Za-z0-9_.@+\\-]*\$?$`)
	// templateForm is where a template of Jinja begins.
	templateForm = regexp.MustCompile(`\{[{%#]`)
)

// Limits of what is given.
const (
	maxPattern = 16 << 10 // bytes of a limit
	maxTags    = 4 << 10
	maxValue   = 64 << 10 // bytes of one variable
	maxHidden  = 64 << 10 // bytes of all that are to be masked: a mask takes two hundred times as many
)

// wishOf reads it out of the job. The error is a sentence.
func (s *settings) wishOf(j *job.Job) (*wish, error) {
	name, ok := strings.CutPrefix(j.Command, runWords)
	p, known := s.Playbooks[name]
	if !ok || !known {
		return nil, refused(fmt.Sprintf("the configuration has no playbook %q any more", name))
	}
	given := command.Values(j.Args)
	w := &wish{
		playbook: &p, inventory: given.String("inventory"),
		tags: given.String("tags"), skipTags: given.String("skip_tags"), limit: given.String("limit"),
		check: given.Bool("check"), diff: given.Bool("diff"), user: given.String("user"),
		verbosity: int(given.Int("verbosity")), forks: int(given.Int("forks")),
	}
	set(&w.inventory, p.Inventories[0])
	set(&w.forks, usualForks)
	if err := w.checkInventory(s); err != nil {
		return nil, err
	}
	if err := w.checkOptions(); err != nil {
		return nil, err
	}
	if err := w.fill(j); err != nil {
		return nil, err
	}
	return w, nil
}

func (w *wish) checkInventory(s *settings) error {
	if !slices.Contains(w.playbook.Inventories, w.inventory) {
		return refused(fmt.Sprintf("%s may not be run on the inventory %s%s; it may on %s", w.playbook.name, plain(w.inventory),
			perhaps(w.inventory, w.playbook.Inventories), strings.Join(w.playbook.Inventories, ", ")))
	}
	from, known := s.Inventories[w.inventory]
	if !known {
		return refused(fmt.Sprintf("the configuration has no inventory %s any more", w.inventory))
	}
	w.from = &from
	return nil
}

func (w *wish) checkOptions() error {
	switch {
	case w.verbosity < 0 || w.verbosity > maxVerbosity:
		return refused(fmt.Sprintf("verbosity is 0 to %d, not %d", maxVerbosity, w.verbosity))
	case w.forks < 1 || w.forks > maxForks:
		return refused(fmt.Sprintf("forks is 1 to %d, not %d", maxForks, w.forks))
	case len(w.limit) > maxPattern || len(w.tags) > maxTags || len(w.skipTags) > maxTags || len(w.user) > 200:
		return refused("limit, tags, skip_tags or user is too long")
	case fileForm.MatchString(w.limit):
		return refused("limit is a pattern of hosts; a file cannot be named here")
	case w.user != "" && !userForm.MatchString(w.user):
		return refused("user has characters that no user's name needs")
	}
	for name, value := range map[string]string{"limit": w.limit, "tags": w.tags, "skip_tags": w.skipTags, "user": w.user} {
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return refused(name + " has a line break or another control character in it")
		}
		if templateForm.MatchString(value) {
			return refused(name + " has {{, {% or {# in it, which Ansible would carry out as a template on this machine")
		}
	}
	return nil
}

// fill gathers the variables. What a person gives wins over the configuration, but never over a secret of it, and never
// decides how a host is reached or by what its tasks run, unless it is declared.
func (w *wish) fill(j *job.Job) error {
	given := command.Values(j.Args)
	w.vars = maps.Clone(w.playbook.Vars)
	if w.vars == nil {
		w.vars = map[string]any{}
	}
	w.literal = map[string]bool{}
	for _, arg := range w.playbook.Args {
		if value, ok := j.Args[arg.Name]; ok && value != nil {
			w.vars[arg.Name], w.literal[arg.Name] = plainValue(value), true
			if arg.Secret {
				w.hidden = append(w.hidden, given.String(arg.Name))
			}
		}
	}
	for name, value := range given.Extra() {
		switch {
		case !w.playbook.Extra:
			return refused(fmt.Sprintf("%s takes no variable %s", w.playbook.words(), plain(name)))
		case !variableForm.MatchString(name):
			return refused(fmt.Sprintf("%q is not the name of a variable", plain(name)))
		case w.playbook.Secrets[name] != "":
			return refused(name + " comes out of a secret and cannot be given")
		case strings.HasPrefix(name, "ansible_") || strings.HasPrefix(name, "ara_") || strings.HasPrefix(name, "handsoff_") ||
			slices.Contains([]string{"inventory_hostname", "inventory_hostname_short", "inventory_dir", "inventory_file"}, name): // ssh goes to the first
			return refused(fmt.Sprintf("%s decides how things are done and cannot be given; an admin can declare it under ansible.playbooks.%s",
				name, w.playbook.name))
		case len(value) > maxValue:
			return refused(fmt.Sprintf("%s has %d bytes; a value has at most %d", name, len(value), maxValue))
		}
		w.vars[name], w.literal[name] = value, true
		if secretive(name) {
			w.hidden = append(w.hidden, value)
		}
	}
	if size := len(strings.Join(w.hidden, "")); size > maxHidden {
		return refused(fmt.Sprintf("the secret values have %d bytes together; they may have %d", size, maxHidden))
	}
	return nil
}

// plainValue is a value as it comes back from JSON: whole numbers stay whole.
func plainValue(value any) any {
	if number, ok := value.(float64); ok && number == float64(int64(number)) {
		return int64(number)
	}
	if number, ok := value.(json.Number); ok {
		if whole, err := number.Int64(); err == nil {
			return whole
		}
	}
	return value
}

// secretive reports whether a name says that its value is to be kept to itself.
func secretive(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"pass", "secret", "token", "private_key", "api_key", "credential"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
