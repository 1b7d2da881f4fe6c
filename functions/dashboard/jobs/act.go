package jobs

import (
	"context"
	"maps"
	"slices"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// acts are the buttons of a job that its viewer is shown. Which of them are carried out is the function command's to say.
type acts struct {
	Cancel, Approve, Reject, Force, Retry bool

	Confirm bool // approving is confirming one's own
	Unsure  bool // doing it again may do it twice
	Offers  []job.Offer
}

// Any reports whether there is a button.
func (a acts) Any() bool {
	return a.Cancel || a.Approve || a.Reject || a.Force || a.Retry || len(a.Offers) > 0
}

// mostOffers bounds a job's own buttons.
const mostOffers = 6

// actsOf are a viewer's buttons.
func (p *Pages) actsOf(ctx context.Context, v site.Viewer, j *job.Job) acts {
	if !v.LoggedIn() || j.IsNotice() {
		return acts{}
	}
	own := p.config.Same(v.Principal, j.Principal)
	stops := own || v.May(command.StopRole(j.Why.Role))
	a := acts{Cancel: stops && !j.State.Final() && j.State != job.Cancelling && j.State != job.Confirming}
	if j.State == job.Confirming && j.Signoff != nil {
		a.Approve, a.Reject, a.Confirm = p.signs(v, j, own)
		a.Reject = a.Reject || stops
		a.Force = v.May(config.Force)
	}
	if j.State.Final() && j.State != job.Succeeded {
		a.Retry, a.Unsure = p.site.MayGive(ctx, v, j.Command)[j.Command], j.State == job.Unknown
	}
	if stops && len(j.Offers) > 0 {
		a.Offers = p.offered(ctx, v, j)
	}
	return a
}

// offered are those of a job's offers whose commands a viewer has the role for. Commands that decide by themselves whose wish they
// heed ask for hardly any, so whoever may not stop the job is shown none.
func (p *Pages) offered(ctx context.Context, v site.Viewer, j *job.Job) (list []job.Offer) {
	catalogue := command.Known(ctx, p.redis, p.site.Log)
	if catalogue == nil {
		return nil
	}
	for _, offer := range j.Offers[:min(len(j.Offers), mostOffers)] {
		if line, err := catalogue.Parse(offer.Text); err == nil && v.May(line.Command.Role) {
			list = append(list, offer)
		}
	}
	return list
}

// signs reports whether a viewer's word counts for a sign-off.
func (p *Pages) signs(v site.Viewer, j *job.Job, own bool) (approve, reject, confirm bool) {
	s := j.Signoff
	if s.Role == job.SignoffRequester {
		return own, own, true
	}
	role := s.Role
	if role == "" {
		role = config.Approver
	}
	if !v.May(role) {
		return false, own, false
	}
	said := slices.ContainsFunc(s.Approved, func(word job.Approval) bool { return p.config.Same(word.Principal, v.Principal) })
	return (!own || s.Self) && !said, true, false
}

// addActs puts the buttons' paths on the site.
func (p *Pages) addActs() {
	for _, words := range []string{"cancel", "approve", "reject", "retry"} {
		p.site.Act("POST /jobs/{id}/"+words, func(r *site.Request) (command.Envelope, string, error) {
			return about(words, r, nil), "jobs/" + r.PathValue("id"), nil
		})
	}
	p.site.Act("POST /jobs/{id}/force", func(r *site.Request) (command.Envelope, string, error) {
		return about("approve", r, map[string]any{"force": true}), "jobs/" + r.PathValue("id"), nil
	})
	p.site.Act("POST /jobs/{id}/offer", p.offer)
}

// reasonBytes bounds what a person gives as reason.
const reasonBytes = 1000

// about makes the envelope of a command about a job.
func about(words string, r *site.Request, more map[string]any) command.Envelope {
	args := map[string]any{"id": r.PathValue("id")}
	if reason := chat.OneLine(r.PostFormValue("reason")); reason != "" && (words == "cancel" || words == "reject") {
		args["reason"] = chat.Cut(reason, reasonBytes)
	}
	maps.Copy(args, more)
	return command.Envelope{Command: words, Args: args}
}

// offer gives a command that a job offers, and no other.
func (p *Pages) offer(r *site.Request) (command.Envelope, string, error) {
	back := "jobs/" + r.PathValue("id")
	gone := &command.Mistake{Text: "The job does not offer that any more; nothing was done.", Problem: command.Problem{Code: command.CodeConflict}}
	j, _, err := p.find(r.Context(), r.PathValue("id"))
	if err != nil {
		return command.Envelope{}, back, err
	}
	text := r.PostFormValue("offer")
	if j == nil || !slices.ContainsFunc(j.Offers, func(o job.Offer) bool { return o.Text == text }) {
		return command.Envelope{}, back, gone
	}
	return command.Envelope{Text: text, Job: j.ID}, back, nil
}
