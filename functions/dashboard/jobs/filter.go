package jobs

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// filter is which jobs are listed, as the address says it. What cannot be understood is shown as such and filters nothing.
type filter struct {
	site.Period

	Who, Door, Function, State, Lock, Text string
	After                                  string // where to go on among the finished ones
}

// states are what State can be: a state, or several under one name.
var states = []struct {
	Name, Title string
	open        bool
	finished    bool
	states      []job.State
}{
	{"", "All", true, true, nil},
	{"open", "Unfinished", true, false, nil},
	{"confirming", "Asking", true, false, []job.State{job.Confirming}},
	{"running", "Running", true, false, []job.State{job.Running, job.Waiting, job.Cancelling}},
	{"queued", "Waiting", true, false, []job.State{job.Queued}},
	{"finished", "Finished", false, true, nil},
	{"succeeded", "Succeeded", false, true, []job.State{job.Succeeded}},
	{"failed", "Failed", false, true, []job.State{job.Failed}},
	{"cancelled", "Cancelled", false, true, []job.State{job.Cancelled}},
	{"unknown", "Unknown", false, true, []job.State{job.Unknown}},
}

func filterOf(query url.Values, now time.Time) filter {
	field := func(name string) string { return site.Field(query, name) }
	f := filter{
		Period: site.PeriodOf(query, now),
		Who:    field("who"), Door: field("door"), Function: field("function"), State: field("state"), Lock: field("lock"), Text: field("text"), After: field("after"),
	}
	if !slices.Contains(stateNames(), f.State) {
		f.Wrong = append(f.Wrong, "There is no state “"+f.State+"”.")
		f.State = ""
	}
	return f
}

func stateNames() []string {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = s.Name
	}
	return names
}

// Query is the filter as an address, with one thing changed.
func (f *filter) Query(name, value string) string {
	fields := map[string]string{
		"who": f.Who, "door": f.Door, "function": f.Function, "state": f.State, "lock": f.Lock, "text": f.Text, "since": f.Since, "until": f.Until,
	}
	fields[name] = value
	return site.Link("./", fields)
}

// Any reports whether anything but a state is filtered by.
func (f *filter) Any() bool {
	return f.Who+f.Door+f.Function+f.Lock+f.Text+f.Since+f.Until != ""
}

// More reports whether one of the rarer fields is filtered by.
func (f *filter) More() bool { return f.Door+f.Function+f.Lock+f.Since+f.Until != "" }

// wants decides about a job, by no more of it than the viewer is shown.
func (p *Pages) wants(v site.Viewer, f *filter) func(*job.Job) bool {
	var among []job.State
	for _, s := range states {
		if s.Name == f.State {
			among = s.states
		}
	}
	words := strings.Fields(strings.ToLower(f.Text))
	known := v.May(config.Viewer)
	return func(j *job.Job) bool {
		shown := p.seesOf(v, j)
		return (among == nil || slices.Contains(among, j.State)) &&
			(f.Door == "" || strings.EqualFold(j.Origin.Door, f.Door)) &&
			(f.Function == "" || strings.EqualFold(j.Function, f.Function)) &&
			(f.Lock == "" || shown.Output && strings.Contains(strings.ToLower(j.Lock), strings.ToLower(f.Lock))) &&
			(f.Who == "" || named(j.Principal, f.Who) || known && is(p.config, j.Principal, f.Who)) && (len(words) == 0 || holds(shown.searched(j), words))
	}
}

// named reports whether a principal is the one that is meant by its own name, with the door or without.
func named(principal, who string) bool {
	_, name, _ := strings.Cut(principal, ":")
	return strings.EqualFold(principal, who) || strings.EqualFold(name, who)
}

// is reports whether a principal is of the person that is meant. Who is whom is told to viewers only.
func is(file *config.File, principal, who string) bool {
	return file.Same(principal, who) || strings.EqualFold(file.Person(principal), strings.TrimPrefix(who, "person:"))
}

// holds reports whether a text has all words.
func holds(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
