package question

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

// The commands' words.
const (
	cloudsWords   = "openstack clouds"
	showWords     = "openstack server show"
	listWords     = "openstack server list"
	consoleWords  = "openstack server console-log"
	rebootWords   = "openstack server reboot"
	stopWords     = "openstack server stop"
	startWords    = "openstack server start"
	hostsWords    = "openstack hypervisor list"
	hostWords     = "openstack hypervisor show"
	onHostWords   = "openstack hypervisor list-vms"
	disableWords  = "openstack hypervisor disable"
	enableWords   = "openstack hypervisor enable"
	notifyWords   = "openstack hypervisor notify-vm-owners"
	quotaWords    = "openstack quota"
	limitsWords   = "openstack limits"
	verifyWords   = "openstack verify"
	createWords   = "openstack env create"
	giveBackWords = "openstack env delete"
)

// patience is how long things may take.
type patience struct {
	answer time.Duration // a command that answers at once, all its requests together: the function command waits for 15 s
	say    time.Duration // one try to reach the function command
	survey time.Duration // looking at all of a cloud
	reach  time.Duration // trying the servers of an environment, all of them side by side
}

// usual is the patience that there is with people and clouds.
var usual = patience{answer: 12 * time.Second, say: 20 * time.Second, survey: 2 * time.Minute, reach: 10 * time.Second}

// Questions are what all of the commands stand on.
type Questions struct {
	clouds  *cloud.Clouds
	set     *Section
	roles   *config.File
	envs    *environment.Store
	jobs    *job.Store
	log     *slog.Logger
	now     func() time.Time // for people; what a checkpoint keeps is told by jobs.Now
	accept  func(context.Context, job.Request) (*job.Accepted, error)
	say     func(context.Context, command.Envelope) (command.Answer, error) // to the function command
	within  patience
	reacher reacher
}

// New checks the section's part that is about questions.
func New(p *function.Platform, clouds *cloud.Clouds, set *Section) (*Questions, error) {
	if err := set.Check(); err != nil {
		return nil, err
	}
	client := command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: usual.say})
	return &Questions{
		clouds: clouds, set: set, roles: p.Config, envs: environment.NewStore(p.Redis), jobs: p.Jobs, log: p.Log, now: time.Now,
		accept: p.Accept, say: client.Do, within: usual, reacher: reacher{resource.Answers, resource.Ping},
	}, nil
}

// Parts are the commands: jobs and calls.
func (q *Questions) Parts() *function.Parts {
	return &function.Parts{
		Steps: map[string]job.Stepper{
			rebootWords: &switcher{q, reboots}, stopWords: &switcher{q, stops}, startWords: &switcher{q, starts},
			disableWords: &scheduler{q, true}, enableWords: &scheduler{q, false},
			notifyWords: &notifier{q}, verifyWords: &verifier{q},
		},
		Calls: map[string]function.CallFunc{
			cloudsWords: q.ready(q.listClouds), showWords: q.ready(q.showServer), listWords: q.ready(q.listServers),
			consoleWords: q.ready(q.console), hostsWords: q.ready(q.listHosts), hostWords: q.ready(q.showHost),
			onHostWords: q.ready(q.listOnHost), quotaWords: q.ready(q.quota), limitsWords: q.ready(q.limits),
		},
	}
}
