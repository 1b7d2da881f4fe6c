package main

import (
	"os"
	"os/exec"
	"path/filepath"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
)

func (p planner) addJenkins(result *plan) error {
	program, ok := p.program("sandbox-jenkins", result, "there is no Jenkins to try things on")
	if !ok {
		return nil
	}
	secrets, err := p.home.Grant(serviceJenkins, home.SecretJenkins)
	if err != nil {
		return err
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceJenkins, Path: program, Env: p.environment(serviceJenkins), Grace: grace,
		Args: []string{
			"-listen", home.Loopback(p.ports.Jenkins), "-dir", p.home.Jenkins(), "-user", "demo", "-past",
			"-token-file", filepath.Join(secrets, home.SecretJenkins),
		},
		Address: home.Loopback(p.ports.Jenkins),
	})
	return nil
}

// clientID is what the dashboard is called where people log in with their accounts; config/sandbox.yml has it, too.
const clientID = "handsoff-dashboard"

func (p planner) addSlack(result *plan) error {
	program, ok := p.program("sandbox-slack", result, "there is no Slack to try things in")
	if !ok {
		return nil
	}
	secrets, err := p.home.Grant(serviceSlack, home.SecretSlack, home.SecretSlackSigns, home.SecretSlackClient)
	if err != nil {
		return err
	}
	args := []string{
		"-listen", home.Loopback(p.ports.Slack), "-dir", p.home.Slack(),
		"-token-file", filepath.Join(secrets, home.SecretSlack),
		"-signing-secret-file", filepath.Join(secrets, home.SecretSlackSigns),
		"-events-url", p.ports.GatewayURL() + "/function/slack",
		"-client-id", clientID, "-client-secret-file", filepath.Join(secrets, home.SecretSlackClient),
		"-redirect-url", p.ports.GatewayURL() + "/function/dashboard/login/with/slack/back",
	}
	// With the app's manifest it allows just what the real one would.
	if manifest, err := filepath.Abs(slackManifest); err == nil && isFile(manifest) {
		// Where its own GitHub and Gerrit are is no domain that Slack would take.
		args = append(args, "-manifest", manifest, "-unfurl", home.Host)
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceSlack, Path: program, Env: p.environment(serviceSlack), Grace: grace,
		Args: args, Address: home.Loopback(p.ports.Slack),
	})
	return nil
}

// slackManifest is the Slack app's manifest, from the project's folder.
const slackManifest = "deploy/slack/manifest.yml"

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (p planner) addGitHub(result *plan) error {
	program, ok := p.program("sandbox-github", result, "there is no GitHub to try things on")
	if !ok {
		return nil
	}
	secrets, err := p.home.Grant(serviceGitHub, home.SecretGitHubToken, home.SecretGitHubHook, home.SecretGitHubApp, home.SecretGitHubLogin)
	if err != nil {
		return err
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceGitHub, Path: program, Env: p.environment(serviceGitHub), Grace: grace,
		Args: []string{
			"-listen", home.Loopback(p.ports.GitHub), "-dir", p.home.GitHub(),
			"-token-file", filepath.Join(secrets, home.SecretGitHubToken),
			"-webhook-secret-file", filepath.Join(secrets, home.SecretGitHubHook),
			"-app-key-file", filepath.Join(secrets, home.SecretGitHubApp),
			"-events-url", p.ports.GatewayURL() + "/function/github",
			"-client-id", clientID, "-client-secret-file", filepath.Join(secrets, home.SecretGitHubLogin),
			"-redirect-url", p.ports.GatewayURL() + "/function/dashboard/login/with/github/back",
		},
		Address: home.Loopback(p.ports.GitHub),
	})
	return nil
}

func (p planner) addGit(result *plan) error {
	if _, err := exec.LookPath("git"); err != nil {
		result.notes = append(result.notes, "git is not installed, so there are no repositories to try things on (apt install git)")
		return nil //nolint:nilerr // it is noted
	}
	program, ok := p.program("sandbox-git", result, "there are no repositories to try things on")
	if !ok {
		return nil
	}
	secrets, err := p.home.Grant(serviceGit, home.SecretGit)
	if err != nil {
		return err
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceGit, Path: program, Env: p.environment(serviceGit), Grace: grace,
		Args: []string{
			"-listen", home.Loopback(p.ports.Git), "-dir", p.home.Git(),
			"-password-file", filepath.Join(secrets, home.SecretGit),
		},
		Address: home.Loopback(p.ports.Git),
	})
	return nil
}

func (p planner) addOpenStack(result *plan) error {
	program, ok := p.program("sandbox-openstack", result, "there is no OpenStack to try things on")
	if !ok {
		return nil
	}
	secrets, err := p.home.Grant(serviceCloud, home.SecretOpenStack)
	if err != nil {
		return err
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceCloud, Path: program, Env: p.environment(serviceCloud), Grace: grace,
		Args: []string{
			"-listen", home.Loopback(p.ports.Cloud), "-state", filepath.Join(p.home.OpenStack(), "state.json"),
			"-password-file", filepath.Join(secrets, home.SecretOpenStack),
		},
		Address: home.Loopback(p.ports.Cloud),
	})
	return nil
}

func (p planner) addGerrit(result *plan) error {
	program, ok := p.program("sandbox-gerrit", result, "there is no Gerrit to try things on")
	if !ok {
		return nil
	}
	secrets, err := p.home.Grant(serviceGerrit, home.SecretGerrit, home.SecretGerritUserPub, home.SecretGerritHost)
	if err != nil {
		return err
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceGerrit, Path: program, Env: p.environment(serviceGerrit), Grace: grace,
		Args: []string{
			"-listen", home.Loopback(p.ports.Gerrit), "-ssh-listen", p.ports.GerritSSH(), "-dir", p.home.Gerrit(),
			"-http-password-file", filepath.Join(secrets, home.SecretGerrit),
			"-ssh-user-key-file", filepath.Join(secrets, home.SecretGerritUserPub),
			"-host-key-file", filepath.Join(secrets, home.SecretGerritHost),
			"-url", p.ports.GerritURL(),
		},
		Address: home.Loopback(p.ports.Gerrit),
	})
	return nil
}
