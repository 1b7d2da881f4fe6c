package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/functions/github/pulls"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// page is how many repositories or pull requests are listed at once.
	page = 100
	// mostRepos and mostPulls bound a report.
	mostRepos = 1000
	mostPulls = 500
	// mostTold is how many pull requests are told of in words; the job's log has all of them.
	mostTold = 100
	// batch is how many are read in one step.
	batch = 20
	// mostPlaces is how many organisations and repositories one report may be of.
	mostPlaces = 20
)

// Reporter steps "github pr-report".
type Reporter struct {
	App *github.App
	Now func(ctx context.Context) (time.Time, error)
}

var _ job.Stepper = (*Reporter)(nil)

// survey is the checkpoint: how far it has come.
type survey struct {
	Places []string `json:"places,omitempty"` // as asked for, that are still to be scanned
	Repos  []string `json:"repos,omitempty"`  // whose pull requests are still to be listed
	Open   []string `json:"open,omitempty"`   // pull requests that are still to be read, "acme/app#12"
	Found  int      `json:"found"`            // how many there are
	Read   []pull   `json:"read,omitempty"`
	More   bool     `json:"more,omitempty"` // there are more than a report may have
}

// pull is an open pull request.
type pull struct {
	Repo      string    `json:"repo"`
	Number    int       `json:"number"`
	Title     string    `json:"title"`
	User      string    `json:"user"`
	URL       string    `json:"url"`
	State     string    `json:"state"`
	Mergeable string    `json:"mergeable"`
	Additions int       `json:"additions"`
	Deletions int       `json:"deletions"`
	Created   time.Time `json:"created"`
}

// Step implements job.Stepper. Each step scans one place, lists one repository, or reads some pull requests.
func (r *Reporter) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	var s survey
	known, err := run.Load(&s)
	if err != nil {
		return job.Outcome{}, fmt.Errorf("load checkpoint: %w", err)
	}
	if !known {
		if s.Places, err = places(command.Values(run.Job().Args).List("org_repo")); err != nil {
			return job.Fail(err.Error(), nil), nil
		}
	}
	switch {
	case len(s.Places) > 0:
		err = r.scan(ctx, run, &s)
	case len(s.Repos) > 0:
		err = r.list(ctx, run, &s)
	case len(s.Open) > 0:
		err = r.read(ctx, run, &s)
	default:
		return r.tell(ctx, run, &s)
	}
	if err != nil {
		return verdict(ctx, err)
	}
	return job.Wait(0), nil
}

// places checks what is to be scanned.
func places(asked []string) ([]string, error) {
	var list []string
	for _, place := range asked {
		place = strings.Trim(strings.TrimSpace(place), "/")
		owner, repo, inside := strings.Cut(place, "/")
		if !github.IsOwner(owner) || inside && !github.IsRepo(repo) {
			return nil, fmt.Errorf("%q is neither an organization nor a repository; write acme or acme/app", place)
		}
		if !slices.Contains(list, place) {
			list = append(list, place)
		}
	}
	if len(list) == 0 || len(list) > mostPlaces {
		return nil, fmt.Errorf("name 1 to %d organizations or repositories, split by commas", mostPlaces)
	}
	return list, nil
}

// verdict is what an error means for the job.
func verdict(ctx context.Context, err error) (job.Outcome, error) {
	fault, classified := errors.AsType[*github.Error](err)
	switch {
	case ctx.Err() != nil || !classified || fault.Kind == github.Down:
		return job.Outcome{}, err
	case fault.Kind == github.RateLimited:
		return job.Wait(fault.RetryAfter()), nil
	}
	return job.Fail(fault.Error(), nil), nil
}

// scan finds the repositories of one place: of an organization, the public ones.
func (r *Reporter) scan(ctx context.Context, run *job.Run, s *survey) error {
	place := s.Places[0]
	owner, _, inside := strings.Cut(place, "/")
	if inside {
		s.Repos = append(s.Repos, place)
	} else {
		found, err := r.repos(ctx, owner)
		if err != nil {
			return err
		}
		s.Repos = append(s.Repos, found...)
	}
	slices.Sort(s.Repos)
	s.Repos = slices.Compact(s.Repos)
	s.Places = s.Places[1:]
	return save(ctx, run, s, "Looking through "+place+".")
}

// repos lists an organization's public repositories that are in use.
func (r *Reporter) repos(ctx context.Context, owner string) ([]string, error) {
	client, err := r.App.Client(ctx, owner)
	if err != nil {
		return nil, err
	}
	var names []string
	options := &gogithub.RepositoryListByOrgOptions{Type: "public", ListOptions: gogithub.ListOptions{PerPage: page}}
	for len(names) < mostRepos {
		list, answer, err := client.Repositories.ListByOrg(ctx, owner, options)
		if err != nil {
			return nil, github.Classify("list the repositories of "+owner, err)
		}
		for _, repo := range list {
			if !repo.GetArchived() && !repo.GetDisabled() && github.IsRepo(repo.GetName()) {
				names = append(names, owner+"/"+repo.GetName())
			}
		}
		if options.Page = answer.NextPage; options.Page == 0 {
			break
		}
	}
	return names, nil
}

// list lists the open pull requests of one repository.
func (r *Reporter) list(ctx context.Context, run *job.Run, s *survey) error {
	owner, repo, _ := strings.Cut(s.Repos[0], "/")
	client, err := r.App.ClientFor(ctx, owner, repo)
	if err != nil {
		return err
	}
	options := &gogithub.PullRequestListOptions{State: "open", Sort: "created", Direction: "asc", ListOptions: gogithub.ListOptions{PerPage: page}}
	for {
		list, answer, err := client.PullRequests.List(ctx, owner, repo, options)
		if err != nil {
			return github.Classify("list the pull requests of "+s.Repos[0], err)
		}
		for _, pr := range list {
			if s.Found++; len(s.Open) == mostPulls {
				s.More = true
				continue
			}
			s.Open = append(s.Open, fmt.Sprintf("%s#%d", s.Repos[0], pr.GetNumber()))
		}
		if options.Page = answer.NextPage; options.Page == 0 {
			break
		}
	}
	s.Repos = s.Repos[1:]
	if len(s.Repos) > 0 {
		return save(ctx, run, s)
	}
	return save(ctx, run, s, "Found "+chat.Count(s.Found, "open pull request")+".")
}

// read reads some pull requests: what a list says of them lacks their size and whether they can be merged.
func (r *Reporter) read(ctx context.Context, run *job.Run, s *survey) error {
	for range min(batch, len(s.Open)) {
		place, err := pulls.Parse(s.Open[0])
		if err != nil {
			return err
		}
		client, err := r.App.ClientFor(ctx, place.Owner, place.Repo)
		if err != nil {
			return err
		}
		pr, _, err := client.PullRequests.Get(ctx, place.Owner, place.Repo, place.Number)
		switch {
		case github.KindOf(err) == github.Gone:
		case err != nil:
			return github.Classify("read "+s.Open[0], err)
		case pr.GetState() == "open":
			s.Read = append(s.Read, describe(place, pr))
		}
		s.Open = s.Open[1:]
	}
	return save(ctx, run, s)
}

func describe(place github.Place, pr *gogithub.PullRequest) pull {
	return pull{
		Repo: place.Owner + "/" + place.Repo, Number: place.Number, Title: chat.Brief(pr.GetTitle(), 200),
		User: chat.OneLine(pr.GetUser().GetLogin()), URL: chat.OneLine(pr.GetHTMLURL()), State: pulls.State(pr), Mergeable: pulls.Mergeable(pr),
		Additions: pr.GetAdditions(), Deletions: pr.GetDeletions(), Created: pr.GetCreatedAt().Time,
	}
}

// save keeps how far it has come, and tells it.
func save(ctx context.Context, run *job.Run, s *survey, say ...string) error {
	progress := job.Progress{Percent: -1, Line: chat.Count(len(s.Repos), "repository") + " to list"}
	if total := len(s.Open) + len(s.Read); total > 0 && len(s.Repos) == 0 {
		progress = job.Progress{Percent: 100 * len(s.Read) / total, Line: fmt.Sprintf("%d of %s read", len(s.Read), chat.Count(total, "pull request"))}
	}
	if err := run.Save(ctx, job.Change{Checkpoint: s, Progress: &progress, Say: say}); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// tell tells of all of them, the oldest first.
func (r *Reporter) tell(ctx context.Context, run *job.Run, s *survey) (job.Outcome, error) {
	now, err := r.Now(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	slices.SortFunc(s.Read, func(a, b pull) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Number, b.Number))
	})
	change := job.Change{Progress: &job.Progress{Percent: 100}}
	for i, p := range s.Read {
		change.Log = append(change.Log, p.lines(now)...)
		if i < mostTold {
			change.Say = append(change.Say, strings.Join(p.lines(now), "\n"))
		}
	}
	result := map[string]any{"open pull requests": s.Found}
	if more := s.Found - min(len(s.Read), mostTold); more > 0 {
		result["told of"] = min(len(s.Read), mostTold)
	}
	if err := run.Save(ctx, change); err != nil {
		return job.Outcome{}, fmt.Errorf("save: %w", err)
	}
	return job.Done(result), nil
}

// lines are what is told of a pull request.
func (p pull) lines(now time.Time) []string {
	age := now.Sub(p.Created)
	return []string{
		fmt.Sprintf("• %s PR created by %s", Label(age), p.User),
		fmt.Sprintf("%s - PR #%d: %s", p.Repo, p.Number, p.URL),
		p.Title,
		fmt.Sprintf("State: %s  Mergeable: %s  Additions: %d  Deletions: %d  Age: %s", p.State, p.Mergeable, p.Additions, p.Deletions, chat.Duration(age)),
	}
}
