package github

import (
	"context"
	"fmt"
	"net/http"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/github"
)

// choose decides, while there is neither, between a check run, which only an App may make, and a commit status.
func (s *showing) choose(ctx context.Context) error {
	m := &s.memory
	if !s.facts.checks || m.Status || m.Run.ID != 0 || m.Run.Lost || m.Intent == createRun {
		return nil
	}
	installed, err := s.app.InstalledFor(ctx, s.place.Owner, s.place.Repo)
	if err != nil {
		return s.trouble(ctx, lookRun, err)
	}
	if !installed {
		m.Status, m.Doubt = true, false
	}
	return nil
}

// checkRun is a check run as we write it. go-github's own cannot say that there are no actions any more.
//
// Source: https://docs.github.com/rest/checks/runs#create-a-check-run
type checkRun struct {
	Name       string    `json:"name"`
	HeadSHA    string    `json:"head_sha,omitempty"` // when it is created
	ExternalID string    `json:"external_id"`
	DetailsURL string    `json:"details_url,omitempty"`
	Status     string    `json:"status"`
	Conclusion string    `json:"conclusion,omitempty"`
	StartedAt  string    `json:"started_at,omitempty"`
	EndedAt    string    `json:"completed_at,omitempty"`
	Output     runOutput `json:"output"`
	Actions    []button  `json:"actions"`
}

type runOutput struct {
	Title   string `json:"title"`
	Summary string `json:"summary"`
}

// button is something to click beside a check run: at most 20, 40 and 20 characters.
type button struct {
	Label       string `json:"label"`
	Description string `json:"description"`
	Identifier  string `json:"identifier"`
}

// createRun creates the check run.
func (s *showing) createRun(ctx context.Context) error {
	run, err := s.run(ctx)
	if err != nil {
		return err
	}
	if err := s.begin(ctx, createRun); err != nil {
		return err
	}
	run.HeadSHA = s.place.SHA
	id, err := s.writeRun(ctx, http.MethodPost, "check-runs", run)
	if err != nil {
		return err
	}
	s.memory.Intent, s.memory.Run.ID = "", id
	s.memory.Run.wrote(s.facts, s.view.Now)
	return nil
}

// editRun makes the check run show the present state.
func (s *showing) editRun(ctx context.Context) error {
	run, err := s.run(ctx)
	if err != nil {
		return err
	}
	if _, err := s.writeRun(ctx, http.MethodPatch, fmt.Sprintf("check-runs/%d", s.memory.Run.ID), run); err != nil {
		return err
	}
	s.memory.Run.wrote(s.facts, s.view.Now)
	return nil
}

func (s *showing) run(ctx context.Context) (checkRun, error) {
	story, err := s.jobs.StoryTail(ctx, s.view.Job.ID, storyLines)
	if err != nil {
		return checkRun{}, err
	}
	run := s.words(story).run()
	run.Output.Title, run.Output.Summary = chat.Clip(s.named(ctx, run.Output.Title), titleMost), s.named(ctx, run.Output.Summary)
	return run, nil
}

func (s *showing) writeRun(ctx context.Context, method, path string, run checkRun) (int64, error) {
	doing := "write a check run in " + s.place.Subject()
	client, err := s.client(ctx)
	if err != nil {
		return 0, err
	}
	request, err := client.NewRequest(method, fmt.Sprintf("repos/%s/%s/%s", s.place.Owner, s.place.Repo, path), run)
	if err != nil {
		return 0, github.Classify(doing, err)
	}
	var made struct {
		ID int64 `json:"id"`
	}
	if _, err := client.Do(ctx, request, &made); err != nil {
		return 0, github.Classify(doing, err)
	}
	if made.ID == 0 {
		return 0, &github.Error{Kind: github.Down, Doing: doing, Code: "GitHub gave the check run no number"}
	}
	s.reached = true
	return made.ID, nil
}

// findRun looks for the check run that may have been created: by the job's id, among ours of that name.
func (s *showing) findRun(ctx context.Context) error {
	client, err := s.client(ctx)
	if err != nil {
		return err
	}
	name, all, app := s.words(nil).checkName(), "all", s.app.Section().App.ID
	options := &gogithub.ListCheckRunsOptions{
		CheckName: &name, Filter: &all, AppID: &app, ListOptions: gogithub.ListOptions{PerPage: perPage},
	}
	for range pages {
		p := s.place
		list, answer, err := client.Checks.ListCheckRunsForRef(ctx, p.Owner, p.Repo, p.SHA, options)
		if err != nil {
			return github.Classify("look for a check run in "+p.Subject(), err)
		}
		s.reached = true
		for _, run := range list.CheckRuns {
			if run.GetExternalID() == s.view.Job.ID {
				s.foundRun(run.GetID())
				return nil
			}
		}
		if options.Page = answer.NextPage; options.Page == 0 {
			break
		}
	}
	s.foundRun(0)
	return nil
}

// foundRun notes which check run there is, 0 for none; what it shows is not known.
func (s *showing) foundRun(id int64) {
	s.memory.Run, s.memory.Doubt = mark{ID: id}, false
	if s.memory.Intent == createRun {
		s.memory.Intent = ""
	}
}

// setStatus sets the commit's status. Of one context GitHub shows the last one.
func (s *showing) setStatus(ctx context.Context) error {
	client, err := s.client(ctx)
	if err != nil {
		return err
	}
	p, status := s.place, s.words(nil).status()
	text := chat.Clip(s.named(ctx, status.GetDescription()), statusMost)
	status.Description = &text
	if _, _, err := client.Repositories.CreateStatus(ctx, p.Owner, p.Repo, p.SHA, status); err != nil {
		return github.Classify("set the status of a commit in "+p.Subject(), err)
	}
	s.reached = true
	s.memory.Run.wrote(s.facts, s.view.Now)
	return nil
}
