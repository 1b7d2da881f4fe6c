package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/rule"
)

const (
	decisions    = 100_000
	payloadBytes = 12_000
)

// aRule asks of where and if what rules usually do.
const aRule = `rules:
  - name: verify
    on: github.pull_request.*
    where: {repo: acme/*, branch: [main, stable/*], status: open, author: "!bot"}
    if: 'pull_request.draft != true && pull_request.title not contains "[no ci]" && any(pull_request.labels, #.name == "ci")'
    run: jenkins build
`

// pullRequest is what GitHub sends of a pull request, made up to twelve kilobytes by its description. head sets it apart from
// the others.
func pullRequest(head string) []byte {
	const form = `{"action":"labeled","number":12,"label":{"id":1,"name":"ci"},"repository":{"id":1,"name":"app","full_name":"acme/app",` +
		`"private":false,"html_url":"https://github.com/acme/app","default_branch":"main","owner":{"login":"acme","id":9}},` +
		`"organization":{"login":"acme","id":9},"sender":{"login":"ann","id":583231,"type":"User"},"pull_request":{"id":1012,"number":12,` +
		`"state":"open","draft":false,"merged":false,"title":"Fix the weigher","html_url":"https://github.com/acme/app/pull/12",` +
		`"updated_at":"2026-01-02T03:04:05Z","user":{"login":"ann","id":583231,"type":"User"},"labels":[{"id":7,"name":"kind"},{"id":1,"name":"ci"}],"requested_teams":[%s{"id":1}],` +
		`"head":{"ref":"fix","sha":"%s","repo":{"id":2,"full_name":"ann/app"}},` +
		`"base":{"ref":"main","sha":"a2f3b4c5d6e7f8091a2b3c4d5d1f4f6cf1f0c8e6","repo":{"id":1,"full_name":"acme/app"}},"body":"%s"}}`
	// Half of it is structure, as in what GitHub sends, and half is text.
	team := `{"id":7,"url":"https://api.github.com/teams/7","name":"Justice","slug":"justice","privacy":"closed","permission":"admin"},`
	teams := strings.Repeat(team, payloadBytes/2/len(team))
	body := strings.Repeat("It counted hosts twice. ", payloadBytes/24)
	return fmt.Appendf(nil, form, teams, head, body[:payloadBytes-len(form)-len(teams)-len(head)])
}

// measureRule times one rule's decision, in process.
func measureRule(ctx context.Context, t *table) error {
	file, err := config.Parse([]byte(aRule))
	if err != nil {
		return err
	}
	set, faults := rule.Read(file)
	if len(faults) > 0 {
		return fmt.Errorf("bench: %s", faults[0].Text)
	}
	r := set.Rule("verify")
	e := &event.Event{
		ID: "bench", Topic: "github.pull_request.labeled", Source: "github", Subject: "github:acme/app#12",
		Author: event.Author{Principal: "github:583231", Name: "ann"}, Payload: pullRequest(sha()),
	}
	var took, read []time.Duration
	for range decisions / 100 {
		began := time.Now()
		env, err := rule.ForEvent(e, nil)
		if err != nil {
			return err
		}
		read = append(read, time.Since(began))
		for range 100 {
			began := time.Now()
			if ok, err := r.Matches(ctx, env); err != nil || !ok {
				return fmt.Errorf("bench: the rule does not match: %w", err)
			}
			took = append(took, time.Since(began))
		}
	}
	const most = 20 * time.Microsecond
	half, slow, reading := percentile(took, 50), percentile(took, 99), percentile(read, 50)
	t.add("a rule's decision about 12 kB, p50 and p99",
		fmt.Sprintf("%s and %s; reading the 12 kB, once for all rules, %s", micros(half), micros(slow), micros(reading)), "< 20 µs", max(half, slow) < most)
	return nil
}

// percentile of at least one duration.
func percentile(list []time.Duration, n int) time.Duration {
	slices.Sort(list)
	return list[min(len(list)*n/100, len(list)-1)]
}

func micros(d time.Duration) string { return fmt.Sprintf("%.1f µs", float64(d.Nanoseconds())/1000) }
