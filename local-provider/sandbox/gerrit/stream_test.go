package gerrit_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
)

// TestLifeOfAChange follows a change from its first patch set to the branch, as a stream tells of it.
func TestLifeOfAChange(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.stream()
	n := r.push(gerrit.Upload{Subject: "Don't = <drop>", Files: []gerrit.File{{Path: "a.go", Insertions: 5, Deletions: 2}}})
	c, _ := r.gerrit.Change(n)

	e := s.await("patchset-created")
	for want, got := range map[any]any{
		"acme/app": e["project"], "refs/heads/main": e["refName"], "bob": at(e, "uploader", "username"),
		c.Key: at(e, "changeKey", "id"), float64(n): at(e, "change", "number"), "NEW": at(e, "change", "status"),
		c.Current().Revision: at(e, "patchSet", "revision"), "REWORK": at(e, "patchSet", "kind"),
		float64(5): at(e, "patchSet", "sizeInsertions"), float64(2): at(e, "patchSet", "sizeDeletions"),
		"Don't = <drop>": at(e, "change", "subject"), "Bob Brisk": at(e, "change", "owner", "name"),
		"Don't = <drop>\n\nChange-Id: " + c.Key + "\n": at(e, "change", "commitMessage"),
	} {
		if got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if url := at(e, "change", "url"); url != r.url+"/c/acme/app/+/6" {
		t.Errorf("the change is at %v", url)
	}

	r.ok(r.as("ann").Review(n, gerrit.Review{Message: "Good.", Labels: map[string]int{"Code-Review": 2}}))
	e = s.await("comment-added")
	if at(e, "comment") != "Patch Set 1: Code-Review+2\n\nGood." {
		t.Errorf("the comment is %q", at(e, "comment"))
	}
	if at(e, "approvals", 0, "value") != "2" || at(e, "approvals", 0, "oldValue") != "0" {
		t.Errorf("the new vote is %v", at(e, "approvals", 0))
	}
	if at(e, "approvals", 1, "value") != "0" || at(e, "approvals", 1, "oldValue") != nil {
		t.Errorf("the vote that is the same is %v", at(e, "approvals", 1))
	}
	r.ok(r.as("jenkins").Review(n, gerrit.Review{Labels: map[string]int{"Verified": 1}}))
	r.ok(r.as("ann").Submit(n))
	moved := s.await("ref-updated")
	for at(moved, "refUpdate", "refName") != "refs/heads/main" {
		moved = s.await("ref-updated")
	}
	e = s.await("change-merged")
	if e["newRev"] != r.gerrit.Branch("acme/app", "main") || at(moved, "refUpdate", "newRev") != e["newRev"] {
		t.Errorf("merged as %v, the branch moved to %v", e["newRev"], at(moved, "refUpdate", "newRev"))
	}
}

// TestWireForm compares a line with Gerrit's own, byte by byte but for what is made up.
func TestWireForm(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *gerrit.Options) { o.URL, o.Frozen = "https://review.example.com", true })
	n := r.push(gerrit.Upload{Subject: "A 'b' = <c> & d"})
	c, _ := r.gerrit.Change(n)
	told := r.gerrit.Told(0)
	line := told[len(told)-1].Line
	for _, made := range []struct{ text, as string }{
		{c.Key, "KEY"}, {c.Current().Revision, "REV"}, {c.Current().Parent, "PARENT"}, {unix(r), "TIME"},
	} {
		line = strings.ReplaceAll(line, made.text, made.as)
	}
	const bob = `{"name":"Bob Brisk","email":"bob@example.com","username":"bob"}`
	want := `{"uploader":` + bob + `,"patchSet":{"number":1,"revision":"REV","parents":["PARENT"],"ref":"refs/changes/06/6/1",` +
		`"uploader":` + bob + `,"createdOn":TIME,"author":` + bob + `,"kind":"REWORK","sizeInsertions":3,"sizeDeletions":1},` +
		`"change":{"project":"acme/app","branch":"main","id":"KEY","number":6,` +
		`"subject":"A \u0027b\u0027 \u003d \u003cc\u003e \u0026 d","owner":` + bob + `,` +
		`"url":"https://review.example.com/c/acme/app/+/6",` +
		`"commitMessage":"A \u0027b\u0027 \u003d \u003cc\u003e \u0026 d\n\nChange-Id: KEY\n","createdOn":TIME,"status":"NEW"},` +
		`"project":"acme/app","refName":"refs/heads/main","changeKey":{"id":"KEY"},"type":"patchset-created","eventCreatedOn":TIME}`
	if line != want {
		t.Errorf("told\n%s, want\n%s", line, want)
	}
}
