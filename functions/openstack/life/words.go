package life

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// whyCells bounds what a cloud says of itself, in cells.
const whyCells = 300

// said is a text of a cloud's as a person is shown it, without a full stop.
func said(text string) string {
	return cmp.Or(strings.TrimRight(chat.Brief(text, whyCells), ". "), "no reason was given")
}

// labels are what people call things.
var labels = map[string]string{
	resource.KindProject: "project", resource.KindKeyPair: "key pair", resource.KindServerGroup: "server group",
	resource.KindNetwork: "network", resource.KindSubnet: "subnet", resource.KindRouter: "router",
	resource.KindRouterPort: "router port", resource.KindSecGroup: "security group", resource.KindVolume: "volume",
	resource.KindServer: "server", resource.KindAttachment: "attachment", resource.KindFloatingIP: "floating IP", resource.KindStack: "stack",
}

func label(kind string) string { return cmp.Or(labels[kind], kind) }

// counted says how many there are of each kind, in the order in which they are made: "1 network, 2 servers".
func counted(counts map[string]int) string {
	var parts []string
	for _, kind := range resource.Kinds() {
		if n := counts[kind]; n > 0 {
			parts = append(parts, chat.Count(n, label(kind)))
		}
	}
	return strings.Join(parts, ", ")
}

// summary names things shortly: "server demo-web, server demo-db and 3 more".
func summary(items []*environment.Item) string {
	const most = 3
	var parts []string
	for _, item := range items[:min(len(items), most)] {
		parts = append(parts, label(item.Kind)+" "+item.Name)
	}
	text := strings.Join(parts, ", ")
	if more := len(items) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func clock(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// ended says how an environment was taken back. A job that failed to make it has noted why; one that was told to take it back has no other reason.
func ended(at *course) string {
	why := sentence(cmp.Or(at.Why, "Not all of "+at.Name+" could be given back"))
	if len(at.Left) == 0 {
		return why + " " + seen(at)
	}
	return why + " Taken back but for this: " + strings.Join(at.Left, "; ") + ". Try again with: " + deleteWords + " " + at.Name
}

// vanished says how a job ended whose environment is not there any more: it has taken it back itself, and its worker died before that was told, or somebody
// else has.
func vanished(at *course) string {
	if at.Why != "" {
		return ended(at)
	}
	return at.Name + " was given back meanwhile, by another job."
}

// gone is the evidence that an environment was taken back.
func gone(at *course) string {
	if len(at.Left) > 0 {
		return fmt.Sprintf("looked: of %s at %s, %s gone, and %d would not go", at.Name, at.Cloud, thingsAre(at.Things), len(at.Left))
	}
	return fmt.Sprintf("looked: of %s at %s, %s gone, and nothing with its mark is left", at.Name, at.Cloud, thingsAre(at.Things))
}

// seen is that evidence as a sentence.
func seen(at *course) string {
	text := gone(at)
	return sentence(strings.ToUpper(text[:1]) + text[1:])
}

func thingsAre(n int) string { return chat.Count(n, "thing") + " " + chat.Are(n) }

// partStates are what a part of a job is while a thing stands so.
var partStates = map[environment.ItemState]string{
	environment.Intended: string(job.Running), environment.Made: string(job.Running), environment.Whole: string(job.Succeeded),
	environment.Leaving: string(job.Cancelling), environment.Gone: string(job.Cancelled), environment.Stays: string(job.Failed),
}

// parts are the things as people see them.
func (h *hand) parts() []job.Part {
	parts := make([]job.Part, 0, len(h.env.Plan.Items))
	for i := range h.env.Plan.Items {
		plan := &h.env.Plan.Items[i]
		part := job.Part{Name: label(plan.Kind) + " " + plan.Name}
		if item := h.env.Items[plan.Key]; item != nil {
			h.describe(&part, item)
		}
		parts = append(parts, part)
	}
	for _, item := range h.env.Inventory() {
		if isTwin(item.Key) {
			part := job.Part{Name: label(item.Kind) + " " + item.Name + ", made twice"}
			h.describe(&part, item)
			parts = append(parts, part)
		}
	}
	return parts
}

func (h *hand) describe(part *job.Part, item *environment.Item) {
	part.State, part.Note = partStates[item.State], item.Why
	switch {
	case item.State == environment.Gone && h.at.Phase == rising: // it is asked for again
		part.State = string(job.Queued)
	case h.run.Job().Command == deleteWords && item.State == environment.Gone: // as it is to be
		part.State, part.Note = string(job.Succeeded), "gone"
	case h.run.Job().Command == deleteWords && item.State == environment.Leaving:
		part.State = string(job.Running)
	case spoilt(h.env, item):
		part.State = string(job.Failed)
	}
	if len(item.Addresses) > 0 && part.Note == "" {
		part.Note = strings.Join(item.Addresses, " ")
	}
}

// spoilt says that a thing is what an environment was not made for: it is kept for inspection.
func spoilt(env *environment.Environment, item *environment.Item) bool {
	return env.State == environment.Kept && item.State == environment.Made && item.Why != ""
}

// progress is how far a job is: the share of things that are as they are to be.
func (h *hand) progress(line string) job.Progress {
	all, done := len(h.env.Plan.Items), 0
	want := environment.Whole
	if h.at.Phase == falling {
		want, all = environment.Gone, 0
		for _, item := range h.env.Items {
			if item.ID != "" {
				all++
			}
		}
	}
	for _, item := range h.env.Items {
		if item.State == want && item.ID != "" && (h.at.Phase == falling || !isTwin(item.Key)) {
			done++
		}
	}
	p := job.Progress{Percent: 0, Line: fmt.Sprintf("%d of %d", done, all)}
	if all > 0 {
		p.Percent = 100 * min(done, all) / all
	}
	if line == "" {
		line = h.underWay()
	}
	if line != "" {
		p.Line += ": " + line
	}
	return p
}

// underWay names what is waited for.
func (h *hand) underWay() string {
	var busy []*environment.Item
	for _, item := range h.env.Inventory() {
		if item.State == environment.Intended || item.State == environment.Made || item.State == environment.Leaving {
			busy = append(busy, item)
		}
	}
	if len(busy) == 0 {
		return ""
	}
	return summary(busy)
}
