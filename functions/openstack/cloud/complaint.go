package cloud

import (
	"encoding/json"

	"github.com/handsoff/handsoff/shared/chat"
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
		return chat.Brief(errs[0].Detail, maxComplaint)
	}
	for _, inner := range top {
		var s said
		if json.Unmarshal(inner, &s) == nil && s.Message != "" {
			return chat.Brief(s.Message, maxComplaint)
		}
	}
	for _, key := range []string{"message", "explanation", "NeutronError"} {
		var text string
		if json.Unmarshal(top[key], &text) == nil && text != "" {
			return chat.Brief(text, maxComplaint)
		}
	}
	return ""
}
