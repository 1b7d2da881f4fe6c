package rule_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/need"
	"github.com/handsoff/handsoff/shared/rule"
)

// recorded are the payloads that GitHub itself recorded, as events: those of github.com and of its Enterprise Servers.
func recorded(t testing.TB) []*event.Event {
	t.Helper()
	const examples = "@octokit/webhooks-examples"
	files, err := filepath.Glob(filepath.Join(need.Node(t, examples), examples, "*", "index.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var events []*event.Event
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []struct {
			Name     string            `json:"name"`
			Examples []json.RawMessage `json:"examples"`
		}
		if err := json.Unmarshal(text, &kinds); err != nil {
			t.Fatal(err)
		}
		for _, kind := range kinds {
			for i, payload := range kind.Examples {
				id := filepath.Base(filepath.Dir(file)) + " " + kind.Name + " " + strconv.Itoa(i)
				events = append(events, recordedEvent(t, id, kind.Name, payload))
			}
		}
	}
	return events
}

func recordedEvent(t testing.TB, id, name string, payload json.RawMessage) *event.Event {
	t.Helper()
	var said struct {
		Action string `json:"action"`
		Sender struct {
			Login string `json:"login"`
		} `json:"sender"`
		Repository struct {
			FullName string `json:"full_name"`
		} `json:"repository"`
	}
	_ = json.Unmarshal(payload, &said)
	topic := "github." + name
	if said.Action != "" {
		topic += "." + said.Action
	}
	return &event.Event{
		ID: id, Topic: topic, Source: "github", Payload: payload, Subject: "github:" + strings.ToLower(said.Repository.FullName),
		Author: event.Author{Principal: "github:1", Name: said.Sender.Login},
	}
}

// everyTopic is a configuration with a rule for each known topic, and one for all.
func everyTopic(t testing.TB) *rule.Set {
	t.Helper()
	var b strings.Builder
	b.WriteString("rules:\n")
	for _, topic := range rule.Topics() {
		name := strings.NewReplacer(".", "-").Replace(topic)
		b.WriteString("  - {name: " + name + ", on: " + topic + ", notify: {to: telnet:ops}, if: 'event.topic == \"" + topic + "\"'}\n")
	}
	b.WriteString("  - {name: all, on: github.**, where: {server: github}, notify: {to: telnet:ops}}\n")
	return read(t, b.String())
}

func TestEveryRecordedPayloadIsDecidedAndTold(t *testing.T) {
	t.Parallel()
	set := everyTopic(t)
	events := recorded(t)
	if len(events) < 300 {
		t.Fatalf("%d payloads were recorded; there were more than 300", len(events))
	}
	unknown := map[string]bool{}
	for _, e := range events {
		decisions, err := set.Decide(t.Context(), e, nil, nil)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		if len(decisions) != 2 {
			unknown[e.Topic] = true
		}
		for _, d := range decisions {
			if d.Err != nil {
				t.Errorf("%s: rule %s: %v", e.ID, d.Rule.Name, d.Err)
			}
		}
		last := decisions[len(decisions)-1]
		text, err := last.Rule.Message(last.Env)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		if hole := holeIn(text); hole != "" || text == e.Topic {
			t.Errorf("%s %s: %q has %s", e.ID, e.Topic, text, hole)
		}
	}
	// What GitHub recorded before it settled on its names, or sends under names of its users' own.
	for _, topic := range []string{
		"github.repository_dispatch.on-demand-test", "github.pull_request.merged", "github.security_advisory.performed",
		"github.cache_sync", "github.content_reference.created", "github.deployment", "github.deployment_status",
	} {
		delete(unknown, topic)
	}
	if len(unknown) > 0 {
		t.Errorf("these topics are sent and not known: %v", unknown)
	}
}

// holeIn is a sign that a template found nothing where it should have.
func holeIn(text string) string {
	for _, sign := range []string{"  ", "nil", "<no value>", "{{", "}}", "“”", "()", "<>", " ,", " : ", "# ", "not JSON", "undefined"} {
		if strings.Contains(text, sign) {
			return strconv.Quote(sign)
		}
	}
	switch {
	case text == "":
		return "nothing at all"
	case strings.Count(text, "\n") > 2:
		return "more than three lines"
	case strings.HasSuffix(text, " ") || strings.HasSuffix(text, ":") || strings.HasSuffix(text, " in") || strings.HasSuffix(text, " of"):
		return "an open end"
	case strings.HasPrefix(text, " ") || strings.HasPrefix(text, ":"):
		return "an open beginning"
	case chat.Clean(text) != text:
		return "what is not plain text"
	}
	return ""
}

func TestRecordedPayloadsHaveFacts(t *testing.T) {
	t.Parallel()
	for _, e := range recorded(t) {
		env, err := rule.ForEvent(e, nil)
		if err != nil {
			t.Fatalf("%s: %v", e.ID, err)
		}
		f, has := env.Facts, func(name string) bool { return strings.HasPrefix(e.Topic, "github."+name) }
		if f.Server != "github" || f.Project != strings.TrimPrefix(e.Subject, "github:") {
			t.Errorf("%s: server %q, project %q", e.ID, f.Server, f.Project)
		}
		if has("pull_request") && (f.Branch == "" || f.Owner == nil || f.Subject == "" || f.URL == "" || f.Status == "") {
			t.Errorf("%s: a pull request lacks facts: %+v", e.ID, f)
		}
		if has("issue") && (f.Owner == nil || f.Subject == "" || f.Branch != "" && has("issue_comment")) {
			t.Errorf("%s: an issue lacks facts, or has a branch: %+v", e.ID, f)
		}
		if (has("push") || has("create") || has("delete")) && (f.Branch == "" || strings.HasPrefix(f.Branch, "refs/heads/")) {
			t.Errorf("%s: branch %q", e.ID, f.Branch)
		}
		if (has("check_run.completed") || has("check_suite.completed") || has("workflow_run.completed")) && f.Status == "" {
			t.Errorf("%s: no status: %+v", e.ID, f)
		}
	}
}
