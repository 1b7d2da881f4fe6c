package main

import (
	"context"
	"fmt"
	"maps"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/life"
	"github.com/handsoff/handsoff/functions/openstack/question"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

// settings is the configuration's section "openstack".
type settings struct {
	Clouds    cloud.Section    `yaml:",inline"`
	Questions question.Section `yaml:",inline"`
	Lives     life.Section     `yaml:",inline"`

	Templates yaml.Node `yaml:"templates,omitempty"` // read by the package template, with each mistake's line
	Keys      yaml.Node `yaml:"keys,omitempty"`      // likewise
}

// setUp reads the configuration and makes the function's parts. Without a section "openstack" the function runs and says what is
// missing; the clouds themselves may be away.
func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	var set settings
	found, err := p.Config.Section("openstack", &set)
	if err != nil {
		return nil, err
	}
	if !found {
		return unconfigured(), nil
	}
	clouds, err := cloud.New(&set.Clouds, p.Secret, cloud.Options{Log: p.Log})
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	return parts(p, clouds, &set)
}

// parts are those of the questions and of the environments.
func parts(p *function.Platform, clouds *cloud.Clouds, set *settings) (*function.Parts, error) {
	questions, err := question.New(p, clouds, &set.Questions)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	environments, err := life.New(p, clouds, &set.Lives, life.Times{})
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	all := merged(questions.Parts(), environments.Parts())
	all.Nudged = environments.Parts().Nudged
	all.Stop = func(context.Context) error { clouds.Close(); return nil }
	return all, nil
}

// merged is what both bring.
func merged(list ...*function.Parts) *function.Parts {
	all := &function.Parts{Steps: map[string]job.Stepper{}, Calls: map[string]function.CallFunc{}}
	for _, one := range list {
		maps.Copy(all.Steps, one.Steps)
		maps.Copy(all.Calls, one.Calls)
	}
	return all
}

// missing is what every command says when there is no configuration for it.
const missing function.Unable = "OpenStack is not configured here: the configuration has no section openstack (see docs/openstack.md)."

func unconfigured() *function.Parts {
	all := merged((&question.Questions{}).Parts(), (&life.Life{}).Parts())
	return missing.Parts(all.Steps, all.Calls)
}
