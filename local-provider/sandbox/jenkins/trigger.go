package jenkins

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// postBuild is POST …/build: at once for a job without parameters, from the `json` form field for one with.
func (s *Server) postBuild(rq *request, job *item) answer {
	delay, err := s.delay(rq.form, job)
	if err != nil {
		return s.oops(http.StatusInternalServerError)
	}
	if job.spec.disabled {
		return jettyError(rq.Request, http.StatusConflict, job.fullName()+" is not buildable")
	}
	if job.parameterized() && !rq.posted() {
		return s.htmlPage(http.StatusMethodNotAllowed, "Jenkins", "<h1>Project "+job.name+"</h1>"+
			"<p class=\"jenkins-description\">This build requires parameters:</p>")
	}
	if a, allowed := s.mayBuild(rq, job); !allowed {
		return a
	}
	if job.parameterized() {
		return s.submitBuild(rq, job, delay)
	}
	q, _ := s.schedule(job, delay, nil, s.causeOf(rq, job))
	return rq.redirect(http.StatusCreated, q.path())
}

// postBuildWithParameters is POST …/buildWithParameters: what the query and the form do not say has its default.
func (s *Server) postBuildWithParameters(rq *request, job *item) answer {
	delay, err := s.delay(rq.form, job)
	if err != nil {
		return s.oops(http.StatusInternalServerError)
	}
	if a, allowed := s.mayBuild(rq, job); !allowed {
		return a
	}
	if job.spec.disabled {
		return jettyError(rq.Request, http.StatusConflict, job.fullName()+" is not buildable")
	}
	if !job.parameterized() {
		return jettyError(rq.Request, http.StatusBadRequest, job.fullName()+" is not parameterized")
	}
	var values []parameterValue
	for _, d := range job.spec.parameters {
		v, given, err := s.requestedValue(d, rq.form)
		if err != nil {
			return s.oops(http.StatusInternalServerError)
		}
		if given {
			values = append(values, v)
		}
	}
	q, created := s.schedule(job, delay, values, s.causeOf(rq, job))
	if !created {
		return rq.redirect(http.StatusSeeOther, q.path())
	}
	return rq.redirect(http.StatusCreated, q.path())
}

// submitBuild builds from the form that a person fills in, which is JSON in the field `json`.
func (s *Server) submitBuild(rq *request, job *item, delay time.Duration) answer {
	text := rq.form.get("json")
	switch {
	case text == "" && rq.form.anything():
		return jettyError(rq.Request, http.StatusBadRequest, "This page expects a form submission")
	case text == "":
		return jettyError(rq.Request, http.StatusBadRequest, "Nothing is submitted")
	}
	values, err := s.submittedValues(job, rq.form, text)
	if err != nil {
		return s.oops(http.StatusInternalServerError)
	}
	by := cause{User: rq.user}
	q, created := s.schedule(job, delay, values, by)
	if !created { // Jenkins forgets which item it merged with
		return rq.dot()
	}
	return rq.redirect(http.StatusCreated, q.path())
}

var errForm = errors.New("cannot read the submitted form")

// submittedValues reads {"parameter": [{"name": …, "value": …}]}; Jenkins also takes a single object for the list.
func (s *Server) submittedValues(job *item, f *form, text string) ([]parameterValue, error) {
	var sent struct {
		Parameter json.RawMessage `json:"parameter"`
	}
	if err := json.Unmarshal([]byte(text), &sent); err != nil {
		return nil, fmt.Errorf("%w: %w", errForm, err)
	}
	if len(sent.Parameter) == 0 {
		return nil, nil
	}
	var list []map[string]any
	if err := json.Unmarshal(sent.Parameter, &list); err != nil {
		var one map[string]any
		if err := json.Unmarshal(sent.Parameter, &one); err != nil {
			return nil, fmt.Errorf("%w: %w", errForm, err)
		}
		list = []map[string]any{one}
	}
	values := make([]parameterValue, 0, len(list))
	for _, entry := range list {
		v, err := s.submittedValue(job, f, entry)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

func (s *Server) submittedValue(job *item, f *form, entry map[string]any) (parameterValue, error) {
	name, _ := entry["name"].(string)
	for _, d := range job.spec.parameters {
		if d.name != name {
			continue
		}
		switch d.class {
		case fileParam:
			field, _ := entry["file"].(string)
			return parameterValue{Class: d.valueClass(), Name: name, Value: f.files[field].name}, nil
		case runParam:
			return s.value(d, fmt.Sprint(entry["runId"]))
		}
		return s.value(d, jsonText(entry["value"]))
	}
	return parameterValue{}, illegalArgumentError{"No such parameter definition: " + name}
}

// jsonText is a value of the form as text; several choices are joined as the extended-choice plugin joins them.
func jsonText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = jsonText(v[i])
		}
		return strings.Join(parts, ",")
	default:
		return fmt.Sprint(v)
	}
}

// mayBuild checks the job's own token, if one was sent, and that the request is a POST unless that token was right.
func (s *Server) mayBuild(rq *request, job *item) (answer, bool) {
	if job.spec.authToken != "" && rq.form.has("token") {
		if equal(rq.form.get("token"), job.spec.authToken) {
			return answer{}, true
		}
		return s.htmlPage(http.StatusForbidden, "Access Denied - Jenkins",
			"<h1>Access Denied</h1><p class=\"error\">Invalid token provided.</p>"), false
	}
	if !rq.posted() {
		return s.postRequired(rq), false
	}
	return answer{}, true
}

// causeOf is why a build starts: a person, or a remote host that knows the job's token.
func (s *Server) causeOf(rq *request, job *item) cause {
	if job.spec.authToken == "" || !rq.form.has("token") {
		return cause{User: rq.user}
	}
	host, _, err := net.SplitHostPort(rq.RemoteAddr)
	if err != nil {
		host = rq.RemoteAddr
	}
	return cause{Addr: host, Note: rq.form.get("cause"), HasNote: rq.form.has("cause")}
}

var errDelay = errors.New("invalid time duration value")

// delay is the quiet period of a request: its `delay`, in milliseconds or as "5sec", else the job's, else Jenkins' own.
func (s *Server) delay(f *form, job *item) (time.Duration, error) {
	if !f.has("delay") {
		if n, err := strconv.Atoi(job.spec.quiet); err == nil && n >= 0 {
			return time.Duration(n) * time.Second, nil
		}
		return s.options.QuietPeriod, nil
	}
	text, unit := strings.TrimSpace(f.get("delay")), time.Millisecond
	if bare := strings.TrimSuffix(strings.TrimSuffix(text, "s"), "sec"); bare != text && strings.Contains(text, "sec") {
		text, unit = bare, time.Second
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%w: %s", errDelay, text)
	}
	return (time.Duration(n) * unit).Truncate(time.Second), nil
}
