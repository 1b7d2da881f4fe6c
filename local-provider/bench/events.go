package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// measureEvents measures what happens elsewhere: a webhook's way in, Gerrit's events against many rules, and one rule.
func measureEvents(ctx context.Context, o options, t *table) (err error) {
	if err := measureRule(ctx, t); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "handsoff-bench-config-")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	config := filepath.Join(dir, "events.yml")
	if err := os.WriteFile(config, []byte(eventsConfig()), 0o600); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	s, err := start(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := s.measureWebhook(ctx, o, t); err != nil {
		return err
	}
	return s.measureGerrit(ctx, t)
}

// rules is how many rules there are.
const rules = 500

// eventsConfig is a configuration with the sandbox's GitHub and Gerrit, and with rules as a large team has them: most for a
// project by name, a third for a glob of them, some for every project, each with a condition. Of Gerrit's comments two remember
// one in a thousand; nothing else matches.
func eventsConfig() string {
	var b strings.Builder
	b.WriteString(`bot: {name: bench}
roles: {viewer: ["cli:local"], operator: ["rule:*"]}
slack: {url: "http://127.0.0.1:8082/api/"}
jenkins: {url: "http://127.0.0.1:8081", user: demo, allow: [{jobs: demo/**}]}
github: {url: "http://127.0.0.1:8083", api: "http://127.0.0.1:8083/api/v3", app: {id: 4711}}
gerrit: {servers: [{name: review, url: "http://127.0.0.1:8084", ssh: "127.0.0.1:29418", user: handsoff, password: gerrit-http-password}]}
rules:
  - name: remember-nova
    on: gerrit.comment-added
    where: {project: openstack/nova}
    if: comment contains "000 of "
    remember: {name: nova, value: "{{ patchSet.revision }}", subject: "{{ change.subject }}", url: "{{ change.url }}"}
  - name: remember-any
    on: gerrit.*
    where: {project: "*/*"}
    if: event.topic == "gerrit.comment-added" && comment contains "500 of "
    remember: {name: any, value: "{{ patchSet.revision }}", subject: "{{ change.subject }}", url: "{{ change.url }}"}
`)
	topics := []string{"gerrit.patchset-created", "gerrit.comment-added", "gerrit.change-merged", "gerrit.*", "github.push", "github.pull_request.*"}
	for i := range rules - 2 {
		project := fmt.Sprintf("openstack/project-%d", i%100)
		switch {
		case i%50 == 0:
			project = "**"
		case i%3 == 0:
			project = fmt.Sprintf("team-%d/**", i%20)
		}
		fmt.Fprintf(&b, `  - name: rule-%d
    on: [%s, %s]
    where: {project: %q, branch: [main, stable/*]}
    if: change.wip != true && change.topic == "release-%d" && patchSet.kind != "NO_CODE_CHANGE"
    run: jenkins build
    args: {job: "verify/%d", REF: "{{ patchSet.ref }}"}
`, i, topics[i%len(topics)], topics[(i+1)%len(topics)], project, i, i)
	}
	return b.String()
}
