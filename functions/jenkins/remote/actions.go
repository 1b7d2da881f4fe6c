package remote

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

// Action is one of the things that Jenkins hangs on a build or queue item; its class says which fields mean something.
type Action struct {
	Class      string  `json:"_class"`
	Causes     []Cause `json:"causes"`
	Parameters []struct {
		Name  string `json:"name"`
		Value any    `json:"value"`
	} `json:"parameters"`
}

// Cause is why something was built, or who interrupted it.
type Cause struct {
	Class       string `json:"_class"`
	Description string `json:"shortDescription"`
	User        string `json:"userId"`
	Note        string `json:"note"` // what a remote trigger gave as its cause
}

const actionFields = "actions[parameters[name,value],causes[shortDescription,userId,note]]"

// Actions are the actions of a build or queue item; Jenkins leaves empty ones among them.
type Actions []Action

// Parameter finds the text of a parameter's value.
func (a Actions) Parameter(name string) (string, bool) {
	for _, action := range a {
		for _, parameter := range action.Parameters {
			if parameter.Name == name {
				return fmt.Sprint(parameter.Value), true
			}
		}
	}
	return "", false
}

// Causes says why it was started.
func (a Actions) Causes() []Cause {
	var causes []Cause
	for _, action := range a {
		if !interruption(action.Class) {
			causes = append(causes, action.Causes...)
		}
	}
	return causes
}

// StartedBy puts the causes into words; empty when Jenkins gives none.
func (a Actions) StartedBy() string { return describe(a.Causes()) }

// InterruptedBy puts into words who or what aborted the build, "Aborted by Ann"; empty when Jenkins does not say.
func (a Actions) InterruptedBy() string {
	var causes []Cause
	for _, action := range a {
		if interruption(action.Class) {
			causes = append(causes, action.Causes...)
		}
	}
	return describe(causes)
}

func interruption(class string) bool { return strings.HasSuffix(class, "InterruptedBuildAction") }

func describe(causes []Cause) string {
	var texts []string
	for _, cause := range causes {
		if text := chat.Brief(cause.Description, 200); text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}
