package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
)

// The services of one machine, in the order in which they are started.
const (
	serviceRedis    = "redis"
	serviceJenkins  = "sandbox-jenkins"
	serviceSlack    = "sandbox-slack"
	serviceGitHub   = "sandbox-github"
	serviceGerrit   = "sandbox-gerrit"
	serviceGit      = "sandbox-git"
	serviceCloud    = "sandbox-openstack"
	serviceARA      = "ara"
	serviceProvider = "provider"
	serviceTelnet   = "telnet-gateway"
	serviceListener = "gerrit-listener"
	serviceIRC      = "sandbox-irc"

	serviceIRCGateway = "irc-gateway"
)

const (
	// grace is what a service has to end in; the provider lets calls in flight finish first.
	grace         = 5 * time.Second
	providerGrace = 15 * time.Second
)

// plan is what is to run, and what a person should know about it.
type plan struct {
	Services []supervisor.Service `json:"services"`
	// notes are sentences about what is missing or different on this machine.
	notes []string
	// redis says in a sentence which Redis is used.
	redis string
}

// planner makes the plan.
type planner struct {
	home  home.Home
	ports home.Ports
	// self is this program, bin the folder of the others.
	self, bin string
	// embedded asks for the Redis in memory even where redis-server is installed.
	embedded bool
	// ara asks for ARA where it is installed.
	ara bool
	// serve are further arguments of the provider.
	serve []string
}

func (p planner) plan() (plan, error) {
	var result plan
	for _, add := range []func(*plan) error{
		p.addRedis, p.addJenkins, p.addSlack, p.addGitHub, p.addGerrit, p.addGit, p.addOpenStack, p.addARA, p.addProvider, p.addTelnet, p.addListener,
		p.addIRC,
	} {
		if err := add(&result); err != nil {
			return plan{}, err
		}
	}
	return result, nil
}

// environment is what every service has; nothing is inherited from whoever types "up".
func (p planner) environment(service string, more ...string) []string {
	return append([]string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=" + filepath.Join(p.home.ServiceWork(), service),
	}, more...)
}

func (p planner) addRedis(result *plan) error {
	service := supervisor.Service{
		Name: serviceRedis, Env: p.environment(serviceRedis), Address: p.ports.RedisAddress(), Grace: grace,
	}
	server, err := exec.LookPath("redis-server")
	if p.embedded || err != nil {
		service.Path = p.self
		service.Args = []string{"embedded-redis", "-home", string(p.home), "-listen", p.ports.RedisAddress()}
		result.redis = "the embedded Redis, which keeps everything in memory: nothing survives its restart"
		if !p.embedded {
			result.redis += "; install redis-server (apt install redis-server) for one that does"
		}
	} else {
		if err := p.home.WriteRedisConfig(p.ports.Redis); err != nil {
			return err
		}
		service.Path, service.Args = server, []string{p.home.RedisConfig()}
		result.redis = "redis-server with an append-only file in " + p.home.Redis()
	}
	result.Services = append(result.Services, service)
	return nil
}

func (p planner) addProvider(result *plan) error {
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceProvider, Path: p.self, Env: p.environment(serviceProvider), Grace: providerGrace,
		Args: append([]string{
			"serve", "-home", string(p.home), "-listen", home.Loopback(p.ports.Gateway), "-redis", p.ports.RedisAddress(),
		}, p.serve...),
		Address: home.Loopback(p.ports.Gateway),
	})
	return nil
}

func (p planner) addTelnet(result *plan) error {
	program, ok := p.program("telnet-gateway", result, "nobody can log in by telnet")
	if !ok {
		return nil
	}
	secrets, err := p.home.Grant(serviceTelnet,
		home.SecretConfig, home.SecretKey, home.SecretRedis, home.SecretTelnetUsers,
		home.SecretGatewayUser, home.SecretGateway)
	if err != nil {
		return err
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceTelnet, Path: program, Args: []string{"-listen", home.Loopback(p.ports.Telnet)}, Grace: grace,
		Env: p.environment(serviceTelnet, "gateway_url="+p.ports.GatewayURL(), "redis_address="+p.ports.RedisAddress(),
			"secret_mount_path="+secrets),
		Address: home.Loopback(p.ports.Telnet),
	})
	return nil
}

func (p planner) addListener(result *plan) error {
	program, ok := p.program("gerrit-listener", result, "nobody hears what happens in Gerrit")
	if !ok {
		return nil
	}
	secrets, err := p.home.Grant(serviceListener,
		home.SecretConfig, home.SecretKey, home.SecretRedis, home.SecretGerritSSH, home.SecretGerritHosts, home.SecretGerrit)
	if err != nil {
		return err
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceListener, Path: program, Grace: grace,
		Env: p.environment(serviceListener, "gateway_url="+p.ports.GatewayURL(), "redis_address="+p.ports.RedisAddress(),
			"secret_mount_path="+secrets),
	})
	return nil
}

// program finds a program in the folder of programs; without it, a note says what is missed.
func (p planner) program(name string, result *plan, missed string) (string, bool) {
	path, err := filepath.Abs(filepath.Join(p.bin, name))
	if err == nil && isFile(path) {
		return path, true
	}
	result.notes = append(result.notes,
		fmt.Sprintf("%s was not built, so %s; `make up` builds it", filepath.Join(p.bin, name), missed))
	return "", false
}
