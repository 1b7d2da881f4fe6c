package check

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/near"
	"github.com/handsoff/handsoff/shared/pipeline"
	"github.com/handsoff/handsoff/shared/rule"
	"github.com/handsoff/handsoff/shared/schedule"
)

// acts gives what is wrong in pipelines, rules and schedules.
func acts(file *config.File, known Known) config.Mistakes {
	found := pipelines(file, known.Catalogue)
	set, faults := rule.Read(file)
	for _, f := range faults {
		found = append(found, &config.Mistake{Line: f.Line, Key: named("rules", f.Name), Text: f.Text, Warning: f.Warning})
	}
	remembered := map[string]bool{}
	for _, r := range set.Rules() {
		if r.Remember != nil {
			remembered[r.Remember.Name] = true
		}
		if r.Run == "" || known.Catalogue == nil {
			continue
		}
		one := &pipeline.Pipeline{Steps: []*pipeline.Step{{Line: r.Line, Run: r.Run, Args: r.Args}}}
		for _, f := range one.Against(known.Catalogue) {
			found = append(found, &config.Mistake{Line: f.Line, Key: named("rules", r.Name), Text: f.Text})
		}
	}
	return append(found, schedules(file, known.Catalogue, remembered)...)
}

func pipelines(file *config.File, catalogue *command.Catalogue) config.Mistakes {
	var found config.Mistakes
	set := pipeline.Read(file)
	faults := set.Faults
	if catalogue != nil {
		for _, p := range set.Pipelines {
			faults = append(faults, p.Against(catalogue)...)
		}
	}
	for _, f := range faults {
		key := named("pipelines", f.Name)
		if f.Part != "" {
			key += ", " + f.Part
		}
		found = append(found, &config.Mistake{Line: f.Line, Key: key, Text: f.Text})
	}
	return found
}

func schedules(file *config.File, catalogue *command.Catalogue, remembered map[string]bool) config.Mistakes {
	var found config.Mistakes
	set := schedule.Read(file)
	for _, f := range set.Faults() {
		found = append(found, &config.Mistake{Line: f.Line, Key: named("schedules", f.Name), Text: f.Text})
	}
	for _, s := range set.All() {
		key := named("schedules", s.Name)
		if s.Run != "" && catalogue != nil {
			if m := noCommand(catalogue, s.Run); m != "" {
				found = append(found, &config.Mistake{Line: s.At, Key: key, Text: m})
			}
		}
		for _, name := range s.Recalls() {
			if !remembered[name] {
				m := &config.Mistake{Line: s.At, Key: key, Text: fmt.Sprintf("no rule remembers %s, on which it depends", name), Warning: true}
				m.Meant = strings.Join(near.Names(name, namesOf(remembered)), " or ")
				found = append(found, m)
			}
		}
	}
	return found
}

// noCommand says that there are no such words; nothing when there are.
func noCommand(catalogue *command.Catalogue, words string) string {
	if _, err := catalogue.Find(words); err == nil {
		return ""
	}
	known := make([]string, 0, len(catalogue.Commands()))
	for _, d := range catalogue.Commands() {
		known = append(known, d.Words)
	}
	return "there is no command " + words + " just now" + command.Meant(words, known)
}

func named(section, name string) string {
	if name == "" {
		return section
	}
	return section + " " + name
}
