package life

import (
	"context"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// withSecrets is a template whose servers are given a password.
const withSecrets = configured + `
    secretive:
      parameters:
        password: {secret: true, default: lab-db, choices: [lab-db, prod-db], help: of the database}
        motto: {default: none}
      networks: {inside: {subnets: [{cidr: 10.7.0.0/24}]}}
      servers: {web: {flavor: m1.nano, image: tiny, networks: [inside], user_data: "#cloud-config\npassword: '{{ parameters.password }}'\nmotto: '{{ parameters.motto }}'\n"}}
`

// everything is all that Redis has, as text.
func (b *bench) everything() string {
	b.Helper()
	var all strings.Builder
	for _, key := range b.rdb.Keys(b.Context(), "*").Val() {
		all.WriteString(key + "\n")
		dumped := b.rdb.HGetAll(b.Context(), key)
		for field, value := range dumped.Val() {
			all.WriteString(field + " " + value + "\n")
		}
		all.WriteString(b.rdb.Get(b.Context(), key).Val())
		for _, entry := range b.rdb.XRange(b.Context(), key, "-", "+").Val() {
			for _, value := range entry.Values {
				all.WriteString(value.(string) + "\n")
			}
		}
	}
	return all.String()
}

// What a secret holds is given to the cloud, and is nowhere else: in no record, no job, no answer, and no complaint of the cloud's.
func TestASecretIsForTheCloudAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(withSecrets)
	b.secrets = map[string]string{"lab-db": "hunter2-of-the-lab\n", "prod-db": "hunter2-of-production"}
	var asked string
	complains := false
	l := b.life(b.store, b.rdb)
	l.kind = func(name string) (resource.Kind, bool) {
		k, ok := b.world.kindOf(name)
		return overseen{k, func(ctx context.Context, c *cloud.Cloud, wish resource.Wish) (resource.Thing, error) {
			if name == resource.KindServer {
				asked = string(wish.Spec)
				if complains {
					return resource.Thing{}, &cloud.Fault{Kind: cloud.Invalid, Cloud: "lab", Message: "user_data has 'hunter2-of-the-lab' in it"}
				}
			}
			return k.Make(ctx, c, wish)
		}}, ok
	}
	w := b.worker(l)
	defer b.end(w)
	run := func(line string) *job.Job {
		id := b.accept(line)
		b.until(w, func() bool { return b.job(id).State.Final() })
		return b.job(id)
	}
	if j := run("openstack env create demo template=secretive"); j.State != job.Succeeded || !strings.Contains(asked, "password: 'hunter2-of-the-lab'") {
		t.Error(jobtest.Describe(j), asked)
	}
	if j := run("openstack env create other template=secretive password=prod-db"); j.State != job.Succeeded || !strings.Contains(asked, "password: 'hunter2-of-production'") {
		t.Error(jobtest.Describe(j), asked)
	}
	word := b.env("demo").Secrets[0].Word
	if j := run("openstack env create forged template=secretive motto=" + word); j.State != job.Succeeded || !strings.Contains(asked, "motto: '"+word+"'") {
		t.Error("another's word was taken for its own:", jobtest.Describe(j), asked)
	}
	if j := run("openstack env rebuild demo"); j.State != job.Succeeded || b.env("demo").Secrets[0].Word == word || !strings.Contains(asked, "password: 'hunter2-of-the-lab'") {
		t.Error(jobtest.Describe(j), asked)
	}
	complains = true
	if j := run("openstack env create broken template=secretive"); j.State != job.Failed || !strings.Contains(j.Error, "user_data has '***' in it") {
		t.Error(jobtest.Describe(j))
	}
	for who, want := range map[string]string{"telnet:ann": "password=lab-db", "telnet:eve": "password=***"} {
		answer, err := l.show(t.Context(), command.Call{Principal: who, Args: map[string]any{"name": "demo"}})
		if err != nil || !strings.Contains(answer.Text, want) {
			t.Error(who, answer.Text, err)
		}
	}
	if all := b.everything(); strings.Contains(all, "hunter2") || !strings.Contains(all, word[:7]) {
		t.Error("Redis has what a secret holds:", strings.Index(all, "hunter2"))
	}
}

// What is not the name of a secret that the template admits is refused, and not repeated; one that is missing, or that would end a text, is refused in the plan.
func TestASecretThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.configure(withSecrets)
	for _, test := range []struct{ args, held, want string }{
		{"password=hunter2-typed", "hunter2", "password is to be the name of a secret, lab-db or prod-db, and never the secret itself."},
		{"password=redis-password", "hunter2", "is to be the name of a secret, lab-db or prod-db"},
		{"", "", "password: the secret lab-db is to have 6 to 4096 bytes."},
		{"", "a\"quotation", "is to be one line, without quotation marks and backslashes"},
		{"", "two\nlines", "is to be one line"},
		{"password=prod-db", "hunter2", "password: the function was not given the secret prod-db."},
	} {
		b.secrets = map[string]string{"lab-db": test.held}
		j := b.run(b.accept(strings.TrimSpace("openstack env create demo template=secretive " + test.args)))
		if j.State != job.Failed || !strings.Contains(j.Error, test.want) || strings.Contains(j.Error, "typed") || strings.Contains(j.Error, "quotation\"") || len(b.world.calls) > 0 {
			t.Errorf("%s %q: %s", test.args, test.held, jobtest.Describe(j))
		}
	}
}
