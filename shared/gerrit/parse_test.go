package gerrit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/gerrit"
)

var review = &gerrit.Server{Name: "review", URL: "https://review.example.org", User: "handsoff"}

const (
	sha  = "1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b"
	next = "99887766554433221100ffeeddccbbaa99887766"

	change   = `"change":{"project":"openstack/Nova","branch":"main","id":"I1","number":4711,"subject":"Fix it"}`
	patchSet = `"patchSet":{"number":3,"revision":"` + sha + `","ref":"refs/changes/11/4711/3"}`
	ann      = `{"name":"Ann Onym","email":"ann@example.org","username":"ann"}`
	created  = `"eventCreatedOn":1769000000`
)

func line(kind string, fields ...string) string {
	return `{"type":"` + kind + `",` + strings.Join(append(fields, created), ",") + `}`
}

func TestEveryType(t *testing.T) {
	t.Parallel()
	const by, nobody = "gerrit:review/ann", ""
	for _, test := range []struct {
		line, author, subject, revision string
		moved, over                     bool
	}{
		{line("patchset-created", change, patchSet, `"uploader":`+ann), by, "gerrit:review/4711", sha, true, false},
		{line("change-merged", change, patchSet, `"submitter":`+ann, `"newRev":"`+next+`"`), by, "gerrit:review/4711", sha, false, true},
		{line("change-abandoned", change, patchSet, `"abandoner":`+ann, `"reason":"no"`), by, "gerrit:review/4711", sha, false, true},
		{line("change-deleted", change, `"deleter":`+ann), by, "gerrit:review/4711", "", false, true},
		{line("change-restored", change, patchSet, `"restorer":`+ann), by, "gerrit:review/4711", sha, false, false},
		{line("comment-added", change, patchSet, `"author":`+ann, `"comment":"hi"`), by, "gerrit:review/4711", sha, false, false},
		{line("reviewer-added", change, patchSet, `"adder":`+ann, `"reviewer":{"username":"bob"}`), by, "gerrit:review/4711", sha, false, false},
		{line("reviewer-deleted", change, patchSet, `"remover":`+ann, `"reviewer":{"username":"bob"}`), by, "gerrit:review/4711", sha, false, false},
		{line("vote-deleted", change, patchSet, `"remover":`+ann, `"reviewer":{"username":"bob"}`), by, "gerrit:review/4711", sha, false, false},
		{line("topic-changed", change, `"changer":`+ann, `"oldTopic":"a"`), by, "gerrit:review/4711", "", false, false},
		{line("wip-state-changed", change, patchSet, `"changer":`+ann), by, "gerrit:review/4711", sha, false, false},
		{line("private-state-changed", change, patchSet, `"changer":`+ann), by, "gerrit:review/4711", sha, false, false},
		{line("hashtags-changed", change, `"editor":`+ann), by, "gerrit:review/4711", "", false, false},
		{line("custom-keyed-values-changed", change, `"editor":`+ann), by, "gerrit:review/4711", "", false, false},
		{
			line("ref-updated", `"submitter":`+ann, `"refUpdate":{"project":"openstack/Nova","refName":"refs/heads/main","newRev":"`+next+`"}`),
			by, "gerrit:review/openstack/nova", next, false, false,
		},
		{line("batch-ref-updated", `"submitter":`+ann, `"project":"openstack/nova"`, `"refUpdates":[]`), by, "gerrit:review/openstack/nova", "", false, false},
		{line("project-created", `"projectName":"new"`, `"headName":"refs/heads/main"`), nobody, "gerrit:review/new", "", false, false},
		{line("project-head-updated", `"projectName":"new"`), nobody, "gerrit:review/new", "", false, false},
		{line("of-a-plugin", `"project":{"name":"x"}`, `"change":7`, `"patchSet":[]`), nobody, "gerrit:review", "", false, false},
		{`{"type":"old","change":{"number":"4711"},"patchset":{"number":"2"}}`, nobody, "gerrit:review/4711", "", false, false},
	} {
		e, _, err := review.Parse([]byte(test.line))
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
			continue
		}
		kind, err := gerrit.Type([]byte(test.line))
		if err != nil || e.Topic != "gerrit."+kind || e.Source != "gerrit:review" || len(e.ID) > 100 || string(e.Payload) != test.line {
			t.Errorf("%s: %+v, %v", test.line, e, err)
		}
		if e.Author.Principal != test.author || e.Subject != test.subject || e.Revision != test.revision || e.Moved != test.moved || e.Over != test.over {
			t.Errorf("%s: %+v", test.line, e)
		}
		if strings.Contains(test.line, created) && !e.At.Equal(time.Unix(1769000000, 0)) {
			t.Errorf("%s: at %s", test.line, e.At)
		}
	}
}

func TestWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "null", "[]", "{}", `{"type":""}`, `{"type":7}`, `{"type":"a b"}`, `{"type":"x"`, `{"type":"x"}{}`} {
		if _, _, err := review.Parse([]byte(text)); !errors.Is(err, gerrit.ErrNoEvent) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAuthors(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]string{
		ann:                       "gerrit:review/ann ann false",
		`{"username":"handsoff"}`: "gerrit:review/handsoff handsoff true",
		`{"email":"Bob@Example.org","name":"Bob"}`:     "gerrit:review/mailto:bob@example.org Bob false",
		`{"username":"bob@example.org"}`:               "gerrit:review/bob@example.org bob@example.org false",
		`{"_account_id":7,"name":"handsoff"}`:          "gerrit:review/id:7 handsoff false",
		`{"username":"mailto:eve@example.org"}`:        "  false",
		`{"username":"a/b","email":"ann@example.org"}`: "  false",
		`{"email":"x\ny@example.org"}`:                 "  false",
		`{"name":"nobody"}`:                            "  false",
		`"ann"`:                                        "  false",
	} {
		e, _, err := review.Parse([]byte(line("comment-added", change, `"author":`+account)))
		if err != nil {
			t.Fatal(err)
		}
		if have := fmt.Sprintf("%s %s %v", e.Author.Principal, e.Author.Name, e.Author.Self); have != want {
			t.Errorf("%s: have %q, want %q", account, have, want)
		}
	}
}

// TestOneEventHasOneID: the stream and the plugin events-log write the same thing in their own order and escapes, and what
// describes the change may differ.
func TestOneEventHasOneID(t *testing.T) {
	t.Parallel()
	a := `{"author":{"username":"ann","name":"A&B"},"comment":"x<y","type":"comment-added","eventCreatedOn":5,"change":{"number":1,"project":"p","status":"NEW"},"patchSet":{"number":1}}`
	b := `{"type":"comment-added", "change":{"project":"p","number":1,"status":"MERGED"},"comment":"x\u003cy","author":{"name":"A\u0026B","username":"ann"},"patchSet":{"number":1},"eventCreatedOn":5}`
	first, means, err := review.Parse([]byte(a))
	if err != nil {
		t.Fatal(err)
	}
	second, again, err := review.Parse([]byte(b))
	if err != nil {
		t.Fatal(err)
	}
	if first.ID != second.ID || len(means) != 1 || means[0] != again[0] {
		t.Errorf("%s %q and %s %q", first.ID, means, second.ID, again)
	}
}

// TestOtherEventsHaveOtherIDs: whatever part of an event differs that says what happened, it is another one.
func TestOtherEventsHaveOtherIDs(t *testing.T) {
	t.Parallel()
	other := *review
	other.Name = "second"
	ids := make(map[string]string)
	for _, text := range []string{
		line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann), line("comment-added", change, patchSet, `"comment":"b"`, `"author":`+ann),
		line("comment-added", change, patchSet, `"comment":"a"`, `"author":{"username":"bob"}`), line("comment-added", change, `"comment":"a"`, `"author":`+ann),
		line("comment-edited", change, patchSet, `"comment":"a"`, `"author":`+ann),
		strings.Replace(line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann), "1769000000", "1769000001", 1),
		strings.Replace(line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann), "4711", "4712", 1),
		line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"approvals":[{"type":"Verified","value":"1"}]`),
		line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"more":1e400`), line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"more":1e401`),
		line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"more":["a","b"]`), line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"more":["ab"]`),
		line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"more":{"a":{},"b":1}`), line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"more":{"a":{"b":1}}`),
		line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"more":1`), line("comment-added", change, patchSet, `"comment":"a"`, `"author":`+ann, `"more":"1"`),
	} {
		for _, server := range []*gerrit.Server{review, &other} {
			e, _, err := server.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if before, known := ids[e.ID]; known {
				t.Errorf("%s has the id of %s", text, before)
			}
			ids[e.ID] = text
		}
	}
}

// FuzzParse: whatever a line holds, an event of it can be kept: its names and texts are within bounds, and nobody is made up.
func FuzzParse(f *testing.F) {
	f.Add(line("patchset-created", change, patchSet, `"uploader":`+ann))
	f.Add(line("ref-updated", `"refUpdate":{"project":"p","refName":"refs/heads/main","newRev":"1"}`))
	f.Add(`{"type":"x","change":{"number":1e99},"eventCreatedOn":-1,"author":{"username":"a\u0000b"},"project":"` + strings.Repeat("ü", 300) + `"}`)
	f.Add("{\"type\":\"x\",\"comment\":\"\xff\"}")
	f.Fuzz(func(t *testing.T, text string) {
		e, means, err := review.Parse([]byte(text))
		if err != nil {
			if !errors.Is(err, gerrit.ErrNoEvent) {
				t.Fatal(err)
			}
			return
		}
		d, err := e.Delivery()
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if len(e.ID) > 100 || len(e.Subject) > 256 || !strings.HasPrefix(e.Subject, "gerrit:review") || len(d.Lane) != len(e.Subject) || len(means) > 1 {
			t.Fatalf("%q: %+v %q", text, e, means)
		}
		for _, name := range means {
			if name == "" || len(name) > 256 {
				t.Fatalf("%q: %q", text, name)
			}
		}
		if who := strings.TrimPrefix(e.Author.Principal, "gerrit:review/"); who == e.Author.Principal && who != "" || strings.ContainsAny(who, " \n\x00/") {
			t.Fatalf("%q: %q", text, e.Author.Principal)
		}
		gerrit.Branch(e)
		if again, _, err := review.Parse(e.Payload); err != nil || again.ID != e.ID {
			t.Fatalf("%q is another event when it is read again: %v", text, err)
		}
	})
}

func TestAPlaceIsItsAddress(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := gerrit.Place{
			Server: rapid.StringMatching(`[a-z][a-z0-9-]{0,10}`).Draw(t, "server"), Change: rapid.IntRange(1, 1e9).Draw(t, "change"),
			PatchSet: rapid.IntRange(0, 99).Draw(t, "patch set"), Started: rapid.Bool().Draw(t, "started"),
		}
		if rapid.Bool().Draw(t, "votes") {
			p.Label = rapid.StringMatching(`[A-Z][A-Za-z-]{0,20}`).Draw(t, "label")
			p.Success, p.Failure = rapid.IntRange(-2, 2).Draw(t, "success"), rapid.IntRange(-2, 2).Draw(t, "failure")
		}
		if again, err := gerrit.ParsePlace(p.Address()); err != nil || again != p {
			t.Fatalf("%s: %+v, %v", p.Address(), again, err)
		}
	})
	for _, address := range []string{
		"", "gerrit:", "gerrit:review", "gerrit:review/0", "gerrit:review/x", "gerrit:review/1/0", "gerrit:review/1/2/3", "gerrit:Review/1",
		"github:review/1", "gerrit:review/01", "gerrit:review/1?label=x", "gerrit:review/1?label=Verified&success=99&failure=-1",
		"gerrit:review/1?started=yes", "gerrit:review/1?label=a%26b&success=1&failure=1", "gerrit:review/1?success=1",
	} {
		if p, err := gerrit.ParsePlace(address); err == nil {
			t.Errorf("%s: %+v", address, p)
		}
	}
	if have := (gerrit.Place{Server: "review", Change: 4711, PatchSet: 3, Label: "Verified", Success: 1, Failure: -1}).Address(); have != "gerrit:review/4711/3?label=Verified&success=1&failure=-1" {
		t.Error(have)
	}
}

// TestPayloadsPass: what Gerrit wrote is what rules see.
func TestPayloadsPass(t *testing.T) {
	t.Parallel()
	e, _, err := review.Parse([]byte("  " + line("comment-added", change, `"comment":"a <b> \u00fc"`) + "\r"))
	if err != nil {
		t.Fatal(err)
	}
	var payload map[string]any
	if err := json.Unmarshal(e.Payload, &payload); err != nil || payload["comment"] != "a <b> ü" {
		t.Errorf("%v %v", payload, err)
	}
}
