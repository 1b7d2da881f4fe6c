package audit_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := jobtest.NewClock()
		store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
		for _, e := range []job.AuditEntry{
			{Who: "telnet:ann", Act: "accepted", Job: "k3f7", Detail: "jenkins build demo"},
			{Who: "slack:U0ANN", Act: "cancel", Job: "k3f7", Detail: "Wrong branch"},
			{Who: "slack:U0BOB", Act: "refused", Job: "k3f8", Detail: "cancel k3f8 needs the role admin"},
			{Who: "handsoff", Act: "cancelled", Job: "k3f7"},
			{Who: "telnet:bob", Act: "login"},
		} {
			if err := store.Audit(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			clock.Add(time.Hour)
		}
		if err := errors.Join(store.AuditStranger(t.Context(), job.AuditEntry{Who: "slack:U0GUEST", Act: "ignored"}), audit.Seal(t.Context(), rdb)); err != nil {
			t.Fatal(err)
		}
		began := jobtest.NewClock().Now()
		for want, q := range map[string]audit.Query{
			"ignored login cancelled refused cancel accepted": {},
			"login":                     {Who: []string{"BOB"}},
			"cancel accepted":           {Who: []string{"telnet:ann", "slack:u0ann"}},
			"cancelled cancel":          {Act: "cancel"},
			"cancelled cancel accepted": {Job: "k3f7"},
			"refused":                   {Text: "ROLE"},
			"cancel":                    {Text: "wrong", Job: "k3f7"},
			"ignored login cancelled":   {Since: began.Add(3 * time.Hour)},
			"cancel accepted ":          {Until: began.Add(2 * time.Hour)},
			"":                          {Who: []string{"nobody"}},
			"ignored":                   {Strangers: true},
		} {
			got, next, err := audit.Search(t.Context(), rdb, q)
			if err != nil || next != "" || words(got) != strings.TrimSpace(want) {
				t.Errorf("%+v: %v, next %q, found %q, not %q", q, err, next, words(got), want)
			}
			for _, e := range got {
				if (e.Hash == "") != q.Strangers {
					t.Errorf("%s has no hash, or one that it cannot have", e.ID)
				}
			}
		}
		if _, _, err := audit.Search(t.Context(), rdb, audit.Query{Before: "yesterday"}); err == nil {
			t.Error("that is no id")
		}
	})
}

func words(list []audit.Entry) string {
	acts := make([]string, len(list))
	for i, e := range list {
		acts[i] = e.Act
	}
	return strings.Join(acts, " ")
}

// TestASearchGoesOn: page by page all are found, each once, also where none is for a long time.
func TestASearchGoesOn(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	acts(t, rdb, 7)
	fill(t, rdb, 25_000)
	acts(t, rdb, 7)
	seen := make(map[string]bool)
	rounds, q := 0, audit.Query{Act: "cancel", Limit: 3}
	for {
		list, next, err := audit.Search(t.Context(), rdb, q)
		if err != nil || len(list) > 3 {
			t.Fatal(list, err)
		}
		for _, e := range list {
			if seen[e.ID] || e.Act != "cancel" {
				t.Errorf("%+v", e)
			}
			seen[e.ID] = true
		}
		if rounds++; next == "" {
			break
		}
		q.Before = next
	}
	if len(seen) != 10 || rounds < 4 {
		t.Errorf("%d found in %d rounds", len(seen), rounds)
	}
}

func TestHeads(t *testing.T) {
	t.Parallel()
	good := "1767323045000-0:" + strings.Repeat("9f", 32)
	for _, text := range []string{good, " `" + good + "`. "} {
		if h, err := audit.ParseHead(text); err != nil || h.String() != good {
			t.Errorf("%q: %v, %v", text, h, err)
		}
	}
	if h, err := audit.ParseHead(" "); err != nil || h != (audit.Head{}) || h.String() != "" {
		t.Error(h, err)
	}
	for _, text := range []string{"9f", strings.Repeat("9f", 32), good + "0", strings.Replace(good, "9", "A", 1), "01-0" + good[15:], good[:20]} {
		if h, err := audit.ParseHead(text); err == nil {
			t.Errorf("%q is taken for %v", text, h)
		}
	}
}

// FuzzCheck: what is in a file is whatever somebody wrote.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(`{"id":"1-0","at":"1","who":"a","act":"b","job":"","detail":{"base64":"/w=="},"prev":"","hash":"00"}` + "\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := audit.Check(strings.NewReader(string(file)), audit.Head{})
		if err != nil || r.String() == "" || len(file) > 0 && r.Good() && r.Checked == 0 {
			t.Errorf("%v: %s", err, r)
		}
	})
}
