package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/irc"
)

// ircServer is a small server of the sandbox's own network: no accounts, so that everybody there is only a nick.
const ircServer = "ngircd"

// addIRC plans the bot on IRC when the configuration has a section irc, and the sandbox's network when that is one of it.
func (p planner) addIRC(result *plan) error {
	section, err := p.ircSection()
	if err != nil || section == nil {
		return err
	}
	ours, others := p.ircNetworks(section)
	if ours {
		there, err := p.addIRCServer(result)
		if err != nil {
			return err
		}
		if !there && !others {
			return nil
		}
	}
	return p.addIRCGateway(result, section)
}

// ircSection reads the section. A configuration that cannot be read is what the functions complain about.
func (p planner) ircSection() (*irc.Section, error) {
	file, err := config.Load(p.home.Secret(home.SecretConfig))
	if err != nil || !file.Has("irc") {
		return nil, nil //nolint:nilerr // as it says
	}
	section, err := irc.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.home.Secret(home.SecretConfig), err)
	}
	return section, nil
}

// ircNetworks says whether the sandbox's network is among those of a section, and whether there are others.
func (p planner) ircNetworks(section *irc.Section) (ours, others bool) {
	for _, n := range section.Networks {
		if n.Server == p.ports.IRCAddress() {
			ours = true
		} else {
			others = true
		}
	}
	return ours, others
}

func (p planner) addIRCServer(result *plan) (there bool, err error) {
	program, err := exec.LookPath(ircServer)
	if err != nil {
		result.notes = append(result.notes, "ngircd is not installed, so there is no IRC to try things on; `apt install ngircd` brings it")
		return false, nil //nolint:nilerr // what is not installed is noted, and no failure
	}
	dir := filepath.Join(p.home.ServiceWork(), serviceIRC)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, fmt.Errorf("make room for the sandbox's IRC: %w", err)
	}
	file := filepath.Join(dir, "ngircd.conf")
	if err := durable.WriteFile(file, []byte(p.ircServerConfig()), 0o600); err != nil {
		return false, fmt.Errorf("configure the sandbox's IRC: %w", err)
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceIRC, Path: program, Args: []string{"--nodaemon", "--config", file}, Env: p.environment(serviceIRC), Grace: grace,
		Address: p.ports.IRCAddress(),
	})
	return true, nil
}

// ircServerConfig has it listen on the loopback only, not be root, and take more than three lines a second of a client.
func (p planner) ircServerConfig() string {
	user := ""
	if os.Getuid() == 0 {
		user = "\tServerUID = irc\n\tServerGID = irc\n"
	}
	return fmt.Sprintf("[Global]\n\tName = irc.sandbox\n\tInfo = The sandbox of handsoff\n\tListen = %s\n\tPorts = %d\n\tMotdPhrase = \"Join #ptg.\"\n%s"+
		"[Limits]\n\tMaxConnectionsIP = 0\n\tMaxNickLength = 30\n\tMaxPenaltyTime = 0\n[Options]\n\tDNS = no\n\tIdent = no\n\tPAM = no\n\tChrootDir =\n",
		home.Host, p.ports.IRC, user)
}

func (p planner) addIRCGateway(result *plan, section *irc.Section) error {
	program, ok := p.program(serviceIRCGateway, result, "nobody can talk to the bot on IRC")
	if !ok {
		return nil
	}
	names := []string{home.SecretConfig, home.SecretKey, home.SecretRedis}
	for _, n := range section.Networks {
		names = append(names, n.PasswordSecret(), n.CertificateSecret())
	}
	secrets, err := p.home.Grant(serviceIRCGateway, names...)
	if err != nil {
		return err
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceIRCGateway, Path: program, Grace: grace,
		Env: p.environment(serviceIRCGateway, "gateway_url="+p.ports.GatewayURL(), "redis_address="+p.ports.RedisAddress(),
			"secret_mount_path="+secrets),
	})
	return nil
}
