package home

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"

	"github.com/handsoff/handsoff/local-provider/durable"
)

// Ports are the ports on the loopback interface on which this home's services listen.
type Ports struct {
	Gateway int `json:"gateway"`
	Telnet  int `json:"telnet"`
	Redis   int `json:"redis"`
	Jenkins int `json:"jenkins"`
	Slack   int `json:"slack"`
	GitHub  int `json:"github"`
	Gerrit  int `json:"gerrit"`
	SSH     int `json:"gerrit-ssh"` // Gerrit's
	ARA     int `json:"ara"`
	Git     int `json:"git"`
	Cloud   int `json:"openstack"`
	IRC     int `json:"irc"`
}

// DefaultPorts are those that a home gets when nothing else is asked for.
func DefaultPorts() Ports {
	return Ports{Gateway: 8080, Telnet: 2323, Redis: 16379, Jenkins: 8081, Slack: 8082, GitHub: 8083, Gerrit: 8084, SSH: 29418, ARA: 8085, Git: 8086, Cloud: 8087, IRC: 16667}
}

// GatewayURL is where functions and faas-cli find the API.
func (p Ports) GatewayURL() string { return "http://" + Loopback(p.Gateway) }

// RedisAddress is host:port of Redis.
func (p Ports) RedisAddress() string { return Loopback(p.Redis) }

// JenkinsURL is where the sandbox's Jenkins is.
func (p Ports) JenkinsURL() string { return "http://" + Loopback(p.Jenkins) }

// SlackURL is where the sandbox's Slack is.
func (p Ports) SlackURL() string { return "http://" + Loopback(p.Slack) }

// GitHubURL is where the sandbox's GitHub is.
func (p Ports) GitHubURL() string { return "http://" + Loopback(p.GitHub) }

// GerritURL is where the sandbox's Gerrit is.
func (p Ports) GerritURL() string { return "http://" + Loopback(p.Gerrit) }

// GerritSSH is host:port of its SSH server.
func (p Ports) GerritSSH() string { return Loopback(p.SSH) }

// ARAURL is where the record of Ansible's runs is.
func (p Ports) ARAURL() string { return "http://" + Loopback(p.ARA) }

// GitURL is where the sandbox's repositories are.
func (p Ports) GitURL() string { return "http://" + Loopback(p.Git) }

// CloudURL is where the sandbox's OpenStack is.
func (p Ports) CloudURL() string { return "http://" + Loopback(p.Cloud) }

// IRCAddress is host:port of the sandbox's IRC server.
func (p Ports) IRCAddress() string { return Loopback(p.IRC) }

// Host is where all of them are.
const Host = "127.0.0.1"

// Loopback is host:port of a port on the loopback interface.
func Loopback(port int) string { return net.JoinHostPort(Host, strconv.Itoa(port)) }

// ReadPorts returns the ports that were chosen, or the default ones when none were.
func (h Home) ReadPorts() (Ports, error) {
	ports := DefaultPorts()
	err := durable.ReadJSON(h.PortsFile(), &ports)
	if errors.Is(err, fs.ErrNotExist) {
		return DefaultPorts(), nil
	}
	if err != nil {
		return Ports{}, fmt.Errorf("which ports were chosen: %w", err)
	}
	return ports, nil
}

// WritePorts records the ports for those who come later.
func (h Home) WritePorts(ports Ports) error {
	return durable.WriteJSON(h.PortsFile(), ports)
}
