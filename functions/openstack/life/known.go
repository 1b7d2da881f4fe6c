package life

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// known reads an environment; wrong says that there is none of that name. A name is taken as it is written: a job's lock was, too.
func (l *Life) known(ctx context.Context, name string) (env *environment.Environment, wrong string, err error) {
	env, err = l.envs.Get(ctx, name)
	if !errors.Is(err, environment.ErrNotFound) {
		return env, "", err
	}
	answer, err := l.noEnvironment(ctx, name, "")
	return nil, answer.Text, err
}

// noEnvironment says that there is no environment of a name, and which were probably meant, as the argument of a command.
func (l *Life) noEnvironment(ctx context.Context, name, words string) (command.Answer, error) {
	names, err := l.envs.Names(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	answer := command.Answer{Problem: &command.Problem{Code: command.CodeNotFound, Argument: "name"}}
	near := command.Nearest(name, names)
	switch {
	case len(names) == 0:
		answer.Text = "There are no environments."
	case len(near) > 0:
		answer.Text = fmt.Sprintf("There is no environment %.60q. Did you mean %s?", name, strings.Join(near, " or "))
	default:
		answer.Text = fmt.Sprintf("There is no environment %.60q; %s has those that there are.", name, listWords)
	}
	for _, one := range near {
		if words != "" {
			answer.Problem.Suggestions = append(answer.Problem.Suggestions, words+" "+one)
		}
	}
	return answer, nil
}

// wake lets a job go on now. One that is over stays as it is.
func (l *Life) wake(ctx context.Context, id string) error {
	pointers, err := l.jobs.Wake(context.WithoutCancel(ctx), id)
	if err != nil {
		return err
	}
	l.nudge(ctx, pointers...)
	return nil
}

// unfinished reads a job; nil when it is over or forgotten.
func (l *Life) unfinished(ctx context.Context, id string) (*job.Job, error) {
	if id == "" {
		return nil, nil
	}
	j, err := l.jobs.Get(ctx, id)
	switch {
	case errors.Is(err, job.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case j.State.Final():
		return nil, nil
	}
	return j, nil
}
