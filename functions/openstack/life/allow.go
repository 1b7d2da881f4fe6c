package life

import (
	"fmt"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// lacks says why somebody may not do something that needs a role; empty when they may.
func (l *Life) lacks(role, what string, who ...string) string {
	if role == "" {
		return ""
	}
	if _, ok := command.Granted(l.roles, role, who...); ok {
		return ""
	}
	return command.Refusal(l.roles, what, role, who...)
}

// lacksGrade is lacks for what a cloud asks for.
func (l *Life) lacksGrade(c *cloud.Cloud, grade cloud.Grade, what string, who ...string) string {
	return l.lacks(c.Role(grade), what, who...)
}

// names are all by which somebody may own an environment: their principals, and the name of the person.
func (l *Life) names(principal string) []string {
	return append(l.roles.Known(principal), l.roles.Person(principal))
}

// foreign says why somebody may not change an environment; empty when it is theirs, or when they have the role that the cloud asks for what it holds.
func (l *Life) foreign(env *environment.Environment, words string, principal string, groups []string) string {
	if env.Belongs(l.names(principal)...) {
		return ""
	}
	found, err := l.clouds.Find(env.Cloud)
	if err != nil {
		return sentence(err.Error())
	}
	why := l.lacksGrade(found, gradeOf(env), words, append([]string{principal}, groups...)...)
	if why == "" {
		return ""
	}
	return fmt.Sprintf("%s is %s's. %s", env.Name, env.Owner, why)
}

// gradeOf is what it takes to change an environment that is another's: whole projects are the administrators'.
func gradeOf(env *environment.Environment) cloud.Grade {
	if env.Plan.Item(projectKey) != nil {
		return cloud.Admin
	}
	for _, item := range env.Items {
		if item.Kind == resource.KindProject && item.State != environment.Gone {
			return cloud.Admin
		}
	}
	return cloud.Operator
}

// foreignTo is foreign for whoever asked for a job.
func (l *Life) foreignTo(env *environment.Environment, j *job.Job) string {
	return l.foreign(env, j.Command, j.Principal, j.Groups)
}
