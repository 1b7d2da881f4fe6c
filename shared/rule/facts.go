package rule

import (
	"strings"

	"github.com/handsoff/handsoff/shared/event"
)

// Facts is what an event says in the words that where has, whichever source it is from. What it does not say is empty.
type Facts struct {
	Server   string   // "github", or the Gerrit server's name
	Project  string   // Gerrit's project; GitHub's repository in lower case, "acme/app"
	Branch   string   // where it goes: without refs/heads/; any other ref is whole, "refs/tags/v1"
	Topic    string   // the change's, of Gerrit
	Owner    []string // whose change or pull request it is: login or user name, and the principal where it is known
	Author   []string // who made it happen: login or user name, and the principal
	Status   string   // NEW, MERGED; open, draft, merged; success, failure; approved
	Hashtags []string // of Gerrit
	Labels   []string // of GitHub
	Votes    []Vote   // given by this very event
	Say      string   // a comment command's first word
	Subject  string   // its first line: a change's subject, a pull request's title, a commit's message
	URL      string   // where people see it

	asked [countFields]bool // by field
	texts [countFields][]string
}

// refPrefix is what a branch's ref begins with.
const refPrefix = "refs/heads/"

// gerritPrefix is what a Gerrit server's source and its events' topics begin with.
const (
	gerritSource = "gerrit:"
	gerritTopic  = "gerrit."
	githubTopic  = "github."
)

// factsOf reads an event's facts off its payload.
func factsOf(e *event.Event, payload map[string]any) Facts {
	var f Facts
	if server, ok := strings.CutPrefix(e.Source, gerritSource); ok {
		f = gerritFacts(payload)
		f.Server = server
	} else {
		f = githubFacts(payload)
		f.Server = e.Source
	}
	f.Author = present(e.Author.Name, e.Author.Principal)
	return f
}

// present are the texts that are not empty.
func present(texts ...string) []string {
	var there []string
	for _, text := range texts {
		if text != "" {
			there = append(there, text)
		}
	}
	return there
}

// object is a payload's map there, by names one below the other; nil when there is none.
func object(in map[string]any, names ...string) map[string]any {
	for _, name := range names {
		in, _ = in[name].(map[string]any)
	}
	return in
}

// textIn is the text of this name; empty when there is none.
func textIn(in map[string]any, name string) string {
	text, _ := in[name].(string)
	return text
}

// namesIn are the texts of a list; of a list of maps, what each has under key.
func namesIn(in map[string]any, name, key string) []string {
	held, _ := in[name].([]any)
	var names []string
	for _, value := range held {
		if m, ok := value.(map[string]any); ok {
			value = m[key]
		}
		if text, ok := value.(string); ok && text != "" {
			names = append(names, text)
		}
	}
	return names
}

func head(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(line)
}
