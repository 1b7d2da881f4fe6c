package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/handsoff/handsoff/local-provider/home"
)

// greeting is what a person reads when everything is up.
type greeting struct {
	in       invocation
	home     home.Home
	ports    home.Ports
	plan     plan
	password string
	bin      string
}

func (g greeting) print(ctx context.Context) error {
	var text strings.Builder
	text.WriteString("\nhandsoff is up.\n\n")
	if g.runs(serviceTelnet) {
		g.telnet(&text)
	}
	dir := short(string(g.home))
	fmt.Fprintf(&text, "  shell      %s jenkins build demo/slow seconds=30\n", g.in.called("say", g.home))
	fmt.Fprintf(&text, "  gateway    %s (user admin, password in %s)\n", g.ports.GatewayURL(),
		filepath.Join(dir, "secrets", home.SecretGateway))
	fmt.Fprintf(&text, "  faas-cli   faas-cli login -g %s --password-stdin < %s\n", g.ports.GatewayURL(),
		filepath.Join(dir, "secrets", home.SecretGateway))
	fmt.Fprintf(&text, "             echo jobs | faas-cli invoke command -g %s --sign X-Handsoff-Signature \\\n"+
		"               --key \"$(sed -n 's/^local://p' %s)\"\n", g.ports.GatewayURL(),
		filepath.Join(dir, "secrets", home.SecretCLIKeys))
	if g.runs(serviceJenkins) {
		fmt.Fprintf(&text, "  Jenkins    %s (the sandbox's own)\n", g.ports.JenkinsURL())
	}
	if g.runs(serviceSlack) {
		fmt.Fprintf(&text, "  Slack      %s in a browser (the sandbox's own; it asks for the line in %s)\n"+
			"             then type: /handsoff help\n", g.ports.SlackURL(), filepath.Join(dir, "secrets", home.SecretSlack))
	}
	if g.runs(serviceGitHub) {
		fmt.Fprintf(&text, "  GitHub     %s in a browser (the sandbox's own; it asks for the line in %s)\n"+
			"             then comment on a pull request: /build\n", g.ports.GitHubURL(), filepath.Join(dir, "secrets", home.SecretGitHubToken))
	}
	if g.runs(serviceGerrit) {
		fmt.Fprintf(&text, "  Gerrit     %s in a browser (the sandbox's own; it asks for the line in %s)\n",
			g.ports.GerritURL(), filepath.Join(dir, "secrets", home.SecretGerrit))
	}
	if g.runs(serviceGit) {
		fmt.Fprintf(&text, "  git        %s in a browser (user handsoff, password in %s)\n", g.ports.GitURL(),
			filepath.Join(dir, "secrets", home.SecretGit))
	}
	if g.runs(serviceCloud) {
		fmt.Fprintf(&text, "  OpenStack  %s in a browser (user admin, password in %s)\n", g.ports.CloudURL(),
			filepath.Join(dir, "secrets", home.SecretOpenStack))
	}
	if g.runs(serviceIRC) {
		fmt.Fprintf(&text, "  IRC        %s, channel #ptg (any client; the sandbox's own, without accounts)\n"+
			"             then say: handsoff: help\n", g.ports.IRCAddress())
	}
	if g.runs(serviceSlack) { // with a sandbox there is what its configuration has
		fmt.Fprintf(&text, "  dashboard  %s/function/dashboard/ in a browser; say dashboard in telnet for a link that logs you in,\n"+
			"             or log in as somebody of the sandbox's Slack, or as ann of its GitHub\n", g.ports.GatewayURL())
		fmt.Fprintf(&text, "  event      %s/function/ptg/ in a browser, an example\n"+
			"             then say: #nova now Cells\n", g.ports.GatewayURL())
	}
	if g.runs(serviceARA) {
		g.ara(ctx, &text)
	}
	fmt.Fprintf(&text, "  data       %s\n", g.plan.redis)
	fmt.Fprintf(&text, "  look       %s\n  stop       %s\n", g.in.called("status", g.home), g.in.called("down", g.home))
	for _, note := range g.plan.notes {
		fmt.Fprintf(&text, "\nNote: %s.\n", note)
	}
	_, err := io.WriteString(g.in.stdout, text.String())
	return err
}

func (g greeting) telnet(text *strings.Builder) {
	how := "the password was shown when it was made; `" + filepath.Join(g.bin, "telnet-gateway") + " passwd " + firstUser +
		"` makes a new entry for " + filepath.Join(short(string(g.home)), "secrets", home.SecretTelnetUsers)
	if g.password != "" {
		how = "password " + g.password + " (shown this once; only its hash is kept, in " +
			filepath.Join(short(string(g.home)), "secrets", home.SecretTelnetUsers) + ")"
	}
	fmt.Fprintf(text, "  telnet     telnet 127.0.0.1 %d\n             log in as %s, %s\n", g.ports.Telnet, firstUser, how)
	text.WriteString("             then type: help\n                        jenkins build demo/slow seconds=30\n")
}

// ara waits for the record of Ansible's runs, which is still being prepared when all else runs.
func (g greeting) ara(ctx context.Context, text *strings.Builder) {
	fmt.Fprintf(text, "  ARA        %s (the record of Ansible's runs)\n", g.ports.ARAURL())
	if err := awaitARA(ctx, g.ports.ARAURL()); err != nil {
		fmt.Fprintf(text, "             it does not answer yet; %s may say why\n", filepath.Join(short(g.home.Logs()), serviceARA+".log"))
	}
}

func (g greeting) runs(name string) bool {
	for _, s := range g.plan.Services {
		if s.Name == name {
			return true
		}
	}
	return false
}

// called is a subcommand as the person would type it, with the home if it is not the usual one.
func (in invocation) called(subcommand string, h home.Home) string {
	line := short(in.self()) + " " + subcommand
	if dir := short(string(h)); dir != ".handsoff" {
		line += " -home " + dir
	}
	return line
}

func (in invocation) self() string {
	path, err := os.Executable()
	if err != nil {
		return "local-provider"
	}
	return path
}

// short is a path relative to the current folder, where that is shorter.
func short(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	relative, err := filepath.Rel(here, path)
	if err != nil || len(relative) >= len(path) {
		return path
	}
	return relative
}
