package github

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// TestPeopleAreCalledByTheirLogins where those are known, in the reply and in the check; nobody is pinged by it.
func TestPeopleAreCalledByTheirLogins(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		for id, name := range map[int64]string{583231: "ann-lee", 58: "eve", 7: "@all", 0: "x"} {
			if err := github.KeepLogin(t.Context(), y.Redis, id, name); err != nil {
				t.Fatal(err)
			}
		}
		id := y.accept(asked, func(r *job.Request) {
			r.Text, r.Principal = "jenkins build x", "github:583231"
		})
		y.progresses(id, 40, "github:583231, github:58, github:7, github:9 and github:58/app")
		y.shows(id, asked)
		body := y.reply(id).Body
		has(y, body, "Asked for by `ann-lee`", "ann-lee, eve, github:7, github:9 and github:58/app")
		summary, _ := y.runOf(id)["output"].(map[string]any)["summary"].(string)
		has(y, summary, "Asked for by `ann-lee`")
		if strings.Contains(body+summary, "@") || strings.Contains(body, "github:583231") {
			t.Error(body)
		}
		if left := y.Redis.TTL(t.Context(), "handsoff:github:login:58").Val(); left <= 0 {
			t.Errorf("a login is known for ever: %s", left)
		}
	})
}
