package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/local-provider/home"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/openstack"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	clouds       = 20
	crowd        = 10_000          // servers of the first cloud
	environments = 1               // the cloud in which an environment is made
	lookedAt     = 2 * time.Second // the pace at which what is made is looked at
	delay        = 15 * time.Millisecond
)

// sky is many clouds, in this process.
type sky struct {
	clouds []*sandbox.Server
	webs   []*http.Server
	file   []byte // the clouds.yaml that names them
}

// rise starts them all.
func rise(ctx context.Context) (*sky, error) {
	s := &sky{}
	entries := map[string]any{}
	for i := range clouds {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			s.set()
			return nil, fmt.Errorf("bench: %w", err)
		}
		cloud := sandbox.New(sandbox.Options{})
		web := &http.Server{Handler: cloud, ReadHeaderTimeout: time.Minute}
		s.clouds, s.webs = append(s.clouds, cloud), append(s.webs, web)
		go func() { _ = web.Serve(listener) }() // until it is closed
		var own struct {
			Clouds map[string]any `yaml:"clouds"`
		}
		if err := yaml.Unmarshal(cloud.CloudsYAML("http://"+listener.Addr().String()), &own); err != nil {
			s.set()
			return nil, fmt.Errorf("bench: %w", err)
		}
		for _, user := range []string{"demo", "admin"} {
			entries[fmt.Sprintf("c%02d-%s", i, user)] = own.Clouds["ops-"+user]
		}
	}
	s.clouds[0].Fill("demo", crowd)
	var err error
	s.file, err = yaml.Marshal(map[string]any{"clouds": entries})
	return s, err
}

// set ends them all.
func (s *sky) set() {
	for i := range s.webs {
		s.clouds[i].Close()
		_ = s.webs[i].Close()
	}
}

// cloudsConfig is a configuration with all of them, and a template of twenty servers in a project of their own.
func cloudsConfig() string {
	var b strings.Builder
	fmt.Fprintf(&b, `bot: {name: bench}
roles: {viewer: ["cli:local"], operator: ["cli:local"], admin: ["cli:local"]}
openstack:
  default: c%02d
  pace: {server: %[2]s, network: %[2]s, subnet: %[2]s, router: %[2]s, routerport: %[2]s, project: %[2]s}
  templates:
    many:
      ttl: 1h
      project: {quota: {servers: 20, cores: 20}}
      networks: {inside: {subnets: [{cidr: 10.0.0.0/24}], router: public}}
      security_groups: {reach: {rules: [{port: 22}]}}
      keypair: make
      servers: {web: {count: 20, flavor: m1.nano, image: tiny, networks: [inside], security_groups: [reach]}}
  clouds:
`, environments, lookedAt)
	for i := range clouds {
		fmt.Fprintf(&b, "    c%02[1]d: {entry: c%02[1]d-demo, admin: c%02[1]d-admin}\n", i)
	}
	return b.String()
}

// measureOpenStack measures what an environment asks of a cloud, a search through many, and the memory that a long list takes.
func measureOpenStack(ctx context.Context, o options, t *table) (err error) {
	sky, err := rise(ctx)
	if err != nil {
		return err
	}
	defer sky.set()
	dir, err := os.MkdirTemp("", "handsoff-bench-config-")
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	config := filepath.Join(dir, "clouds.yml")
	if err := os.WriteFile(config, []byte(cloudsConfig()), 0o600); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	s, err := start(ctx, config, func(h home.Home) error {
		return errors.Join(os.MkdirAll(h.Secrets(), 0o700), os.WriteFile(h.Secret(home.SecretClouds), sky.file, 0o600))
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := s.measureList(ctx, t); err != nil {
		return err
	}
	if err := s.measureSearch(ctx, o, t, sky); err != nil {
		return err
	}
	return s.measureEnvironment(ctx, t, sky.clouds[environments])
}

// measureList reads the memory that the function has taken at most, once it has listed a cloud of very many servers.
func (s *system) measureList(ctx context.Context, t *table) error {
	if _, err := s.answered(ctx, "openstack server list cloud=c00 limit=500", fmt.Sprintf("… and %d more", crowd-500)); err != nil {
		return err
	}
	kb, err := peak(s.dir, "openstack")
	if err != nil {
		return err
	}
	t.add(fmt.Sprintf("the function openstack, with %d servers listed, at most", crowd), fmt.Sprintf("%.1f MB", float64(kb)/1024), "< 40 MB", kb < 40<<10)
	return nil
}

// measureSearch looks for a server in all clouds, and in the slowest of them alone. Each cloud is slower than the one before.
func (s *system) measureSearch(ctx context.Context, o options, t *table, sky *sky) error {
	for i, cloud := range sky.clouds {
		cloud.Break(sandbox.Fault{Kind: sandbox.FaultSlow, Delay: time.Duration(i+1) * delay})
	}
	defer func() {
		for _, cloud := range sky.clouds {
			cloud.Mend()
		}
	}()
	var all, slowest []time.Duration
	for i := range o.runs/20 + 2 {
		everywhere, err := s.answered(ctx, "openstack server show web", "There is no server web in 20 clouds")
		if err != nil {
			return err
		}
		alone, err := s.answered(ctx, fmt.Sprintf("openstack server show web cloud=c%02d", clouds-1), "There is no server web")
		if err != nil {
			return err
		}
		if i < 2 {
			continue // tokens and versions are known now
		}
		all, slowest = append(all, everywhere), append(slowest, alone)
	}
	ratio := median(all).over(median(slowest))
	t.add(fmt.Sprintf("a search over %d clouds, p50", clouds), figure(median(all)),
		fmt.Sprintf("≤ 1.3 × the slowest alone, %s (is %.2f ×)", figure(median(slowest)), ratio), ratio <= 1.3)
	return nil
}

// answered gives a command that answers at once, and measures until the answer is there.
func (s *system) answered(ctx context.Context, line, want string) (time.Duration, error) {
	text, took, err := post(ctx, s.door(), s.keys, envelope(line))
	if err != nil {
		return 0, err
	}
	var a command.Answer
	if err := json.Unmarshal(text, &a); err != nil || !strings.Contains(a.Text, want) {
		return 0, fmt.Errorf("bench: %s: %q is not in %s: %w", line, want, text, errors.Join(err))
	}
	return took, nil
}

// measureEnvironment counts what a cloud is asked while an environment is made in it.
func (s *system) measureEnvironment(ctx context.Context, t *table, cloud *sandbox.Server) error {
	before := cloud.Count()
	answer, _, err := post(ctx, s.door(), s.keys, envelope("openstack env create bench template=many"))
	if err != nil {
		return err
	}
	var made *job.Job
	for range 12 { // a server takes some seconds to boot
		if made, err = s.ended(ctx, answer); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	if made.State != job.Succeeded {
		return fmt.Errorf("bench: no environment was made: %s", made.Error)
	}
	asked := cloud.Count() - before
	record, err := s.rdb.HGet(ctx, "handsoff:environment:bench", "record").Bytes()
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	var kept struct {
		Plan struct {
			Items []json.RawMessage `json:"items"`
		} `json:"plan"`
	}
	if err := json.Unmarshal(record, &kept); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	things, looks := len(kept.Plan.Items), int(made.Finished.Sub(made.Started)/lookedAt)+1
	t.add("making 20 servers and what they need, requests", fmt.Sprintf("%d for %d things", asked, things),
		fmt.Sprintf("≤ 3 × %d + one look each %s (%d)", things, lookedAt, looks), asked <= 3*things+looks && things > 20)
	return nil
}

// peak is the most memory that a program of the system ever had, in kB.
func peak(dir, program string) (int, error) {
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, fmt.Errorf("bench: %w", err)
	}
	for _, p := range processes {
		if status, err := os.ReadFile(p + "/status"); err == nil && programName(p) == program && speaksOf(p, dir) {
			return field(string(status), "VmHWM:"), nil
		}
	}
	return 0, fmt.Errorf("bench: %s does not run", program)
}
