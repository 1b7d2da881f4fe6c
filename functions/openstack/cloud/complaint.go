package cloud

import (
	"encoding/json"
	"strings"
	"unicode"
)

const (
	// maxComplaint bounds what we repeat of an answer, in letters.
	maxComplaint = 300
	// maxBody bounds the body in which we look for it, in bytes.
	maxBody = 64 << 10
)

// complaint is what a service says in the body of a refusal. Each has its own form: Nova and Cinder {"badRequest": {"message"}},
// Neutron {"NeutronError": {"message"}}, Keystone and Heat {"error": {"message"}}, Placement {"errors": [{"detail"}]}, Glance a page.
func complaint(body []byte) string {
	if len(body) > maxBody {
		return ""
	}
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		return "" // a page, as Glance and proxies send: too wordy to repeat
	}
	type said struct {
		Message string `json:"message"`
		Detail  string `json:"detail"`
	}
	var errs []said
	if json.Unmarshal(top["errors"], &errs) == nil && len(errs) > 0 {
		return Plain(errs[0].Detail, maxComplaint)
	}
	for _, inner := range top {
		var s said
		if json.Unmarshal(inner, &s) == nil && s.Message != "" {
			return Plain(s.Message, maxComplaint)
		}
	}
	for _, key := range []string{"message", "explanation", "NeutronError"} {
		var text string
		if json.Unmarshal(top[key], &text) == nil && text != "" {
			return Plain(text, maxComplaint)
		}
	}
	return ""
}

// Plain makes foreign text fit for one line: control characters become spaces, and it ends after at most limit letters.
func Plain(text string, limit int) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return text
}
