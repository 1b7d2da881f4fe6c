package gerrit_test

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/gerrit"
)

// BenchmarkLine is what a comment of two kilobytes costs from the stream until it can be put into the inbox.
func BenchmarkLine(b *testing.B) {
	text := []byte(line("comment-added", change, strings.Replace(patchSet, `}`, `,"uploader":`+ann+`,"author":`+ann+`,"kind":"REWORK"}`, 1), `"author":`+ann,
		`"approvals":[{"type":"Code-Review","description":"Code-Review","value":"1","oldValue":"0"}]`, `"comment":"Patch Set 3:\n\n`+strings.Repeat("It counted hosts twice. ", 60)+`"`,
		`"project":"openstack/Nova"`, `"refName":"refs/heads/main"`, `"changeKey":{"id":"I1"}`))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gerrit.Type(text); err != nil {
			b.Fatal(err)
		}
		e, _, err := review.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := e.Delivery(); err != nil {
			b.Fatal(err)
		}
	}
}
