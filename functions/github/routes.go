package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/sign"
)

const (
	// filesPage and filesPages are how much GitHub tells of a pull request's files: 3,000.
	// Source: https://docs.github.com/rest/pulls/pulls#list-pull-requests-files
	filesPage  = 100
	filesPages = 30
)

// permissionQuestion asks what somebody may do in a repository at this moment.
type permissionQuestion struct {
	Repo  string `json:"repo"` // "acme/app"
	Login string `json:"login"`
	ID    int64  `json:"id"`
}

// permissionAnswer is one of "none", "read", "triage", "write", "maintain" and "admin".
type permissionAnswer struct {
	Permission string `json:"permission"`
	refusal
}

// refusal says why there is no answer, and, unless it is for now, will be none however often it is asked for.
type refusal struct {
	Refused string `json:"refused,omitempty"`
	ForNow  bool   `json:"for_now,omitempty"` // GitHub refuses our account: somebody has to see to it, and is told
}

// question is about a repository.
type question interface{ repository() github.Place }

func (q permissionQuestion) repository() github.Place { return repositoryOf(q.Repo) }

func (q filesQuestion) repository() github.Place { return repositoryOf(q.Repo) }

func repositoryOf(name string) github.Place {
	owner, repo, _ := strings.Cut(name, "/")
	return github.Place{Owner: owner, Repo: repo}
}

// filesQuestion asks which files a pull request changes.
type filesQuestion struct {
	Repo   string `json:"repo"`
	Number int    `json:"number"`
}

// filesAnswer lists them, a renamed one by both names. More says that GitHub does not tell all of them.
type filesAnswer struct {
	Files []string `json:"files"`
	More  bool     `json:"more,omitempty"`
	refusal
}

// routes are what the function event asks. Each question is signed with an internal key and changes nothing, so that one
// which is repeated does no harm.
func (d *door) routes() map[string]http.Handler {
	return map[string]http.Handler{
		"POST /permission": asked(d, d.permission, func(no refusal) permissionAnswer { return permissionAnswer{github.MayNothing.String(), no} }),
		"POST /files":      asked(d, d.files, func(no refusal) filesAnswer { return filesAnswer{Files: []string{}, refusal: no} }),
	}
}

// asked serves a signed question. What GitHub refuses is an answer too, so that nobody takes it for a function that is not
// there.
func asked[Q question, A any](d *door, answer func(ctx context.Context, q Q) (A, error), no func(refusal) A) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body) // bounded by the platform
		if err != nil {
			http.Error(w, "the body could not be read, or is too large", http.StatusRequestEntityTooLarge)
			return
		}
		if _, err := d.Keys.Verify(body, r.Header.Get(sign.Header)); err != nil {
			d.turnAway(r.Context(), w, errNoSignature)
			return
		}
		var q Q
		if err := json.Unmarshal(body, &q); err != nil {
			http.Error(w, "the body is not a question", http.StatusBadRequest)
			return
		}
		says, err := answer(r.Context(), q)
		if err != nil && isFinal(err) {
			d.Log.WarnContext(r.Context(), "a question is refused", "path", r.URL.Path, "error", err)
			says, err = no(refusal{Refused: err.Error()}), nil
		}
		if fault := refusedFault(err); fault != nil {
			d.Log.ErrorContext(r.Context(), "GitHub refuses our account", "path", r.URL.Path, "error", err)
			says, err = no(refusal{err.Error(), true}), d.tellRefused(r.Context(), q.repository(), fault)
		}
		if err != nil {
			d.refuseQuestion(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(says); err != nil {
			d.Log.WarnContext(r.Context(), "an answer was not read", "error", err)
		}
	})
}

// refuseQuestion says that an answer could not be had now, with the detail in the log.
func (d *door) refuseQuestion(w http.ResponseWriter, r *http.Request, err error) {
	d.Log.WarnContext(r.Context(), "a question cannot be answered", "path", r.URL.Path, "error", err)
	w.Header().Set("Retry-After", fmt.Sprint(int(max(1, github.RetryAfter(err).Seconds()))))
	http.Error(w, "GitHub could not be asked; the log of the function github says why", http.StatusServiceUnavailable)
}

// permission asks GitHub what somebody may do.
func (d *door) permission(ctx context.Context, q permissionQuestion) (permissionAnswer, error) {
	app, err := d.account()
	if err != nil {
		return permissionAnswer{}, err
	}
	at := q.repository()
	may, err := app.Permission(ctx, at.Owner, at.Repo, q.Login, q.ID)
	return permissionAnswer{Permission: may.String()}, err
}

// files asks GitHub for the files that a pull request changes.
func (d *door) files(ctx context.Context, q filesQuestion) (filesAnswer, error) {
	app, err := d.account()
	if err != nil {
		return filesAnswer{}, err
	}
	at := q.repository()
	client, err := app.ClientFor(ctx, at.Owner, at.Repo)
	if err != nil {
		return filesAnswer{}, err
	}
	answer := filesAnswer{Files: []string{}}
	options := &gogithub.ListOptions{PerPage: filesPage}
	for range filesPages {
		list, answered, err := client.PullRequests.ListFiles(ctx, at.Owner, at.Repo, q.Number, options)
		if err != nil {
			return filesAnswer{}, github.Classify(fmt.Sprintf("list the files of %s#%d", q.Repo, q.Number), err)
		}
		for _, f := range list {
			answer.Files = append(answer.Files, f.GetFilename())
			if before := f.GetPreviousFilename(); before != "" {
				answer.Files = append(answer.Files, before)
			}
		}
		if options.Page = answered.NextPage; options.Page == 0 {
			return answer, nil
		}
	}
	answer.More = true
	return answer, nil
}
