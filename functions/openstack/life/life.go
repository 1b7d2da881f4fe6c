package life

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
)

// The commands' words.
const (
	createWords    = "openstack env create"
	deleteWords    = "openstack env delete"
	rebuildWords   = "openstack env rebuild"
	extendWords    = "openstack env extend"
	leaseWords     = "openstack env lease"
	stopWords      = "openstack env stop"
	listWords      = "openstack env list"
	showWords      = "openstack env show"
	templatesWords = "openstack env templates"
	planWords      = "openstack env plan"
	keyWords       = "openstack env key"
	sweepWords     = "openstack sweep"
)

const (
	// sayPatience bounds one try to reach the function command.
	sayPatience = 20 * time.Second
	// sideBySide is how many requests to a cloud are under way for one environment.
	sideBySide = 8
)

// Times say how long things may take. The zero value is right for production.
type Times struct {
	Settle  time.Duration // after which a request whose answer never came has surely come through or not; 20 s when 0
	Patient time.Duration // for how long a cloud that is away is waited for while things are made; 15 min when 0
	GiveUp  time.Duration // after which something that does not go, while nothing else goes, is left; 10 min when 0
	Most    time.Duration // that the pace of looking is slowed to; no slower when 0
}

func (t Times) withDefaults() Times {
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{{&t.Settle, 20 * time.Second}, {&t.Patient, 15 * time.Minute}, {&t.GiveUp, 10 * time.Minute}} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
	return t
}

// Life is what all commands about environments stand on.
type Life struct {
	clouds    *cloud.Clouds
	templates *template.Set
	envs      *environment.Store
	jobs      *job.Store
	roles     *config.File
	keys      sign.Keys
	bot       string // our word in marks
	secret    func(name string) ([]byte, error)
	each      int // how many environments one owner may have; 0 for any number
	log       *slog.Logger
	times     Times
	nudge     func(context.Context, ...job.Pointer)
	say       func(context.Context, command.Envelope) (command.Answer, error) // to the function command
	answers   func(ctx context.Context, address string, port int, ssh bool) error
	kind      func(name string) (resource.Kind, bool)
	machinery machinery
	ground    func(ctx context.Context, at *cloud.Cloud, wishes []resource.Wish, own bool) (ground, error) // what the cloud has for a plan
}

// New reads the templates. A template with a mistake is left out and logged; the others work.
func New(p *function.Platform, clouds *cloud.Clouds, section *Section, times Times) (*Life, error) {
	if section.Each < 0 {
		return nil, errors.New("openstack.environments_each: it is a number of environments, or 0 for any number")
	}
	set := template.Read(p.Config)
	for _, fault := range set.Faults {
		p.Log.Error("a template is left out", "fault", fault.String())
	}
	client := command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: sayPatience})
	return &Life{
		clouds: clouds, templates: set, envs: environment.NewStore(p.Redis), jobs: p.Jobs, roles: p.Config, keys: p.Keys, log: p.Log, bot: resource.BotWord(p.Config.Bot.Name), each: section.Each, secret: p.Secret,
		times: times.withDefaults(), nudge: p.Nudge, say: client.Do, answers: resource.Answers, kind: resource.Of, machinery: nova{}, ground: survey,
	}, nil
}

// Parts are the commands: jobs and calls.
func (l *Life) Parts() *function.Parts {
	return &function.Parts{
		Steps: map[string]job.Stepper{
			createWords: &creator{l}, deleteWords: &deleter{l}, rebuildWords: &rebuilder{l}, extendWords: &extender{l},
			stopWords: &stopper{l}, leaseWords: &lessor{l}, sweepWords: &sweeper{l},
		},
		Nudged: l.tend,
		Calls: map[string]function.CallFunc{
			listWords: l.list, showWords: l.show, templatesWords: l.listTemplates, planWords: l.plan, keyWords: l.handOver,
		},
	}
}
