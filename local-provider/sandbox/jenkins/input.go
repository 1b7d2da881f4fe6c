package jenkins

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// asking says whether a pipeline waits for a person.
func (b *build) asking() bool { return b.running() && b.plan != nil && b.plan.asks != "" }

// routeInput settles the question of a pipeline: POST input/<id>/proceedEmpty, proceed, submit or abort.
func (s *Server) routeInput(rq *request, b *build, rest []string) answer {
	switch {
	case len(rest) == 0:
		return s.page(rq, "Paused for Input", "<h1>Waiting for input</h1>")
	case len(rest) != 2 || !b.asking() || !strings.EqualFold(rest[0], b.plan.asks):
		return s.notFound()
	case !rq.posted():
		return s.postRequired(rq)
	}
	switch rest[1] {
	case "proceed", "proceedEmpty":
		s.proceed(b, rq.user)
		return ok()
	case "abort":
		s.reject(b, rq.user)
		return ok()
	case "submit":
		if rq.form.has("proceed") {
			s.proceed(b, rq.user)
		} else {
			s.reject(b, rq.user)
		}
		return rq.redirect(http.StatusFound, b.path()+"console")
	default:
		return s.notFound()
	}
}

// proceed lets a pipeline go on; nothing follows its question, so it ends at once.
func (s *Server) proceed(b *build, by string) {
	b.say(s.now, "Approved by "+by+"\n")
	s.finish(b, success, "[Pipeline] End of Pipeline\n")
}

// reject ends a pipeline with its question unanswered.
func (s *Server) reject(b *build, by string) {
	s.finish(b, aborted, "Rejected by "+by+"\n[Pipeline] End of Pipeline\n")
}

// stageView is the part of the pipeline-stage-view plugin's API that is about pending questions.
func (s *Server) stageView(rq *request, b *build, name string) answer {
	self := "/" + strings.TrimPrefix(rq.context+"/", "/") + b.path()
	var body any
	switch name {
	case "describe":
		body = map[string]any{
			"id": itoa(b.Number), "name": b.displayName(), "status": b.stageStatus(), "stages": []any{},
			"startTimeMillis": millis(b.Started), "endTimeMillis": millis(latest(b.Ended, s.now)),
			"durationMillis": latest(b.Ended, s.now).Sub(b.Started).Milliseconds(),
			"_links":         map[string]any{"self": map[string]string{"href": self + "wfapi/describe"}},
		}
	case "pendingInputActions":
		body = s.pendingInputs(b, self)
	case "inputSubmit":
		if !rq.posted() || !b.asking() || !strings.EqualFold(rq.form.get("inputId"), b.plan.asks) {
			return s.notFound()
		}
		s.proceed(b, rq.user)
		return ok()
	default:
		return s.notFound()
	}
	text, err := json.Marshal(body)
	if err != nil {
		return s.oops(http.StatusInternalServerError)
	}
	return answer{status: http.StatusOK, body: text}.with("Content-Type", "application/json;charset=UTF-8")
}

func (s *Server) pendingInputs(b *build, self string) []any {
	if !b.asking() {
		return []any{}
	}
	id := b.plan.asks
	return []any{map[string]any{
		"id": id, "proceedText": "Proceed", "message": b.plan.question, "inputs": []any{},
		"proceedUrl":          self + "wfapi/inputSubmit?inputId=" + id,
		"abortUrl":            self + "input/" + id + "/abort",
		"redirectApprovalUrl": self + "input/",
	}}
}

func (b *build) stageStatus() string {
	switch {
	case b.asking():
		return "PAUSED_PENDING_INPUT"
	case b.running():
		return "IN_PROGRESS"
	case b.Result == failure:
		return "FAILED"
	default:
		return b.Result
	}
}

// latest is the end of a build, or now for one that runs.
func latest(end, now time.Time) time.Time {
	if end.IsZero() {
		return now
	}
	return end
}

// htmlWriter escapes what it writes.
type htmlWriter struct{ to io.Writer }

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (h htmlWriter) Write(text []byte) (int, error) {
	if _, err := htmlEscapes.WriteString(h.to, string(text)); err != nil {
		return 0, fmt.Errorf("write html: %w", err)
	}
	return len(text), nil
}
