package github

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *Server) checkRoutes() {
	const repo = "/repos/{owner}/{repo}"
	s.route("POST "+repo+"/check-runs", writes(write, "checks"), byApp(s.createRun))
	s.route("PATCH "+repo+"/check-runs/{id}", writes(write, "checks"), byApp(s.runRoute(s.updateRun)))
	s.route("GET "+repo+"/check-runs/{id}", reads("checks"), s.runRoute(func(r *request, c *CheckRun) answer {
		return ok(s.showRun(r.repo, c))
	}))
	s.route("POST "+repo+"/check-runs/{id}/rerequest", writes(write, "checks"), s.runRoute(s.rerequestRun))
	s.route("GET "+repo+"/commits/{ref}/check-runs", reads("checks"), s.listRuns)
	s.route("GET "+repo+"/commits/{ref}/check-suites", reads("checks"), s.listSuites)
	s.route("GET "+repo+"/check-suites/{id}", reads("checks"), s.getSuite)
}

// byApp refuses who is not an App's installation: people's tokens make no check runs.
func byApp(do handler) handler {
	return func(r *request) answer {
		if r.who.installation == nil {
			return refuse(http.StatusForbidden, "You must authenticate via a GitHub App.")
		}
		return do(r)
	}
}

func (s *Server) runRoute(do func(*request, *CheckRun) answer) handler {
	return func(r *request) answer {
		c := s.runs.byID(r.number("id"))
		if c == nil || c.Repo != r.repo.FullName() {
			return notFound()
		}
		return do(r, c)
	}
}

// A runOrder is what a check run is made or changed by. What is not given stays.
type runOrder struct {
	Name        *string
	HeadSHA     string  `json:"head_sha"`
	DetailsURL  *string `json:"details_url"`
	ExternalID  *string `json:"external_id"`
	Status      *string
	Conclusion  *string
	StartedAt   *time.Time `json:"started_at"`
	CompletedAt *time.Time `json:"completed_at"`
	Output      *struct {
		Title, Summary, Text *string
		Annotations          []object
	}
	Actions *[]CheckAction
}

// The limits of check runs (docs.github.com/rest/checks/runs#create-a-check-run).
const (
	mostActions        = 3
	longestLabel       = 20
	longestIdentifier  = 20
	longestExplanation = 40
	longestOutput      = 65535
	mostAnnotations    = 50
)

var (
	runStatuses    = []string{"queued", "in_progress", "completed", "waiting", "requested", "pending"}
	runConclusions = []string{"action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"}
)

// check refuses an order that GitHub's schema refuses.
func (o *runOrder) check() *answer {
	if o.Status != nil && !slices.Contains(runStatuses, *o.Status) {
		return new(malformed(fmt.Sprintf("%q is not a possible value. Must be one of the following: %s.", *o.Status, strings.Join(runStatuses, ", "))))
	}
	if o.Conclusion != nil && !slices.Contains(runConclusions, *o.Conclusion) {
		return new(malformed(fmt.Sprintf("%q is not a possible value. Must be one of the following: %s.", *o.Conclusion, strings.Join(runConclusions, ", "))))
	}
	if o.Status != nil && *o.Status == "completed" && o.Conclusion == nil {
		return new(malformed(`Missing required parameter "conclusion".`))
	}
	if out := o.Output; out != nil {
		if out.Title == nil || out.Summary == nil {
			return new(malformed(`"title", "summary" weren't supplied.`))
		}
		for _, text := range []*string{out.Title, out.Summary, out.Text} {
			if bad := tooLong(text, longestOutput); bad != nil {
				return bad
			}
		}
		if n := len(out.Annotations); n > mostAnnotations {
			return tooMany(mostAnnotations, n)
		}
	}
	return o.checkActions()
}

func (o *runOrder) checkActions() *answer {
	if o.Actions == nil {
		return nil
	}
	if n := len(*o.Actions); n > mostActions {
		return tooMany(mostActions, n)
	}
	for _, a := range *o.Actions {
		if a.Label == "" || a.Identifier == "" || a.Description == "" {
			return new(malformed(`"label", "description", "identifier" weren't supplied.`))
		}
		for text, most := range map[*string]int{&a.Label: longestLabel, &a.Identifier: longestIdentifier, &a.Description: longestExplanation} {
			if bad := tooLong(text, most); bad != nil {
				return bad
			}
		}
	}
	return nil
}

func tooLong(text *string, most int) *answer {
	if text == nil || len([]rune(*text)) <= most {
		return nil
	}
	return new(malformed(fmt.Sprintf("Only %d characters are allowed; %d were supplied.", most, len([]rune(*text)))))
}

func tooMany(most, n int) *answer {
	return new(malformed(fmt.Sprintf("No more than %d items are allowed; %d were supplied.", most, n)))
}

func (s *Server) createRun(r *request) answer {
	var in runOrder
	if bad := cmp.Or(r.decode(&in), in.check()); bad != nil {
		return *bad
	}
	commit := s.commits.get(in.HeadSHA)
	switch {
	case in.Name == nil || *in.Name == "":
		return malformed(`"name" wasn't supplied.`)
	case in.HeadSHA == "":
		return malformed(`"head_sha" wasn't supplied.`)
	case commit == nil:
		return noCommit(in.HeadSHA)
	}
	c := &CheckRun{
		ID: s.newID(), Repo: r.repo.FullName(), SHA: commit.SHA, Suite: s.suiteFor(r.repo, commit.SHA).ID, Status: "queued", Started: s.now(),
	}
	done := s.obey(c, &in)
	s.saveRun(r.repo, c, true, done)
	return reply(http.StatusCreated, s.showRun(r.repo, c)).with("Location", fmt.Sprint(s.showRun(r.repo, c)["url"]))
}

func (s *Server) updateRun(r *request, c *CheckRun) answer {
	var in runOrder
	if bad := cmp.Or(r.decode(&in), in.check()); bad != nil {
		return *bad
	}
	done := s.obey(c, &in)
	s.saveRun(r.repo, c, false, done)
	return ok(s.showRun(r.repo, c))
}

// obey changes a check run, and says whether it is completed by it.
func (s *Server) obey(c *CheckRun, o *runOrder) (done bool) {
	was := c.Status
	for to, from := range map[*string]*string{
		&c.Name: o.Name, &c.DetailsURL: o.DetailsURL, &c.ExternalID: o.ExternalID, &c.Status: o.Status,
	} {
		if from != nil {
			*to = *from
		}
	}
	if o.StartedAt != nil {
		c.Started = *o.StartedAt
	}
	if o.Output != nil {
		c.Title, c.Summary = *o.Output.Title, *o.Output.Summary
		if o.Output.Text != nil {
			c.Text = *o.Output.Text
		}
		c.Annotations += len(o.Output.Annotations)
	}
	if o.Actions != nil {
		c.Actions = *o.Actions
	}
	if o.Conclusion != nil { // which completes it, whatever the status says
		c.Status, c.Conclusion = "completed", *o.Conclusion
		c.Completed = o.CompletedAt
		if c.Completed == nil {
			now := s.now()
			c.Completed = &now
		}
	} else if c.Status != "completed" {
		c.Conclusion, c.Completed = "", nil
	}
	return was != "completed" && c.Status == "completed"
}

func (s *Server) rerequestRun(r *request, c *CheckRun) answer {
	if c.Status != "completed" {
		return refuse(http.StatusUnprocessableEntity, "This check run is not rerequestable")
	}
	s.runHappened(r.repo, c, "rerequested", r.who.user.Login, nil)
	return reply(http.StatusCreated, object{})
}

func (s *Server) listRuns(r *request) answer {
	commit := s.resolve(r.repo, r.PathValue("ref"))
	if commit == nil {
		return noCommit(r.PathValue("ref"))
	}
	query := r.URL.Query()
	var all []*CheckRun
	names := map[string]bool{}
	for _, c := range s.runsOf(r.repo.FullName(), commit.SHA) {
		if query.Get("filter") != "all" && names[c.Name] { // "latest", which is usual, is one of each name
			continue
		}
		names[c.Name] = true
		if matches(query.Get("check_name"), c.Name) && matches(query.Get("status"), c.Status) &&
			matches(query.Get("app_id"), fmt.Sprint(s.options.AppID)) {
			all = append(all, c)
		}
	}
	p := r.sheet()
	list := []object{}
	for _, c := range part(all, p) {
		list = append(list, s.showRun(r.repo, c))
	}
	return r.linked(ok(object{"total_count": len(all), "check_runs": list}), p, len(all))
}

// matches says whether a filter, which may be empty, lets a value through.
func matches(filter, value string) bool { return filter == "" || filter == value }

func (s *Server) listSuites(r *request) answer {
	commit := s.resolve(r.repo, r.PathValue("ref"))
	if commit == nil {
		return noCommit(r.PathValue("ref"))
	}
	list := []object{}
	for _, v := range s.suites.pick(func(v *Suite) int64 { return v.ID }, func(v *Suite) bool { return v.Repo == r.repo.FullName() && v.SHA == commit.SHA }) {
		list = append(list, s.showSuite(r.repo, v, true))
	}
	return ok(object{"total_count": len(list), "check_suites": list})
}

func (s *Server) getSuite(r *request) answer {
	v := s.suites.byID(r.number("id"))
	if v == nil || v.Repo != r.repo.FullName() {
		return notFound()
	}
	return ok(s.showSuite(r.repo, v, true))
}
