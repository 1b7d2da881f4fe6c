package main

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/job"
)

// gerrits are the Gerrit servers: what is asked of them and said to them.
type gerrits struct {
	desk    *desk
	section *gerrit.Section
	clients map[string]*gerrit.Client
	settle  time.Duration // how long a review whose fate is not known may take to show
}

var _ asker = (*gerrits)(nil)

// withGerrit adds the commands of Gerrit, and asks it which files a change has where a server is set up.
func (d *desk) withGerrit() error {
	section, err := gerrit.Read(d.Config)
	if err != nil {
		return err
	}
	g := &gerrits{desk: d, section: section, clients: make(map[string]*gerrit.Client), settle: 10 * time.Second}
	if section != nil {
		for _, server := range section.Servers {
			g.clients[server.Name] = gerrit.New(server, d.Secret, gerrit.Options{})
		}
		d.gerrit = g
	}
	d.moreCalls = map[string]function.CallFunc{"gerrit show": g.show, "gerrit query": g.query}
	d.moreSteps = map[string]job.Stepper{"gerrit review": &reviewer{g}}
	return nil
}

// noGerrit is what every command says when there is no configuration for it.
const noGerrit = "Gerrit is not set up here: the configuration has no section gerrit."

// Files implements asker: the files of the patch set that an event is about. Of a change that is gone there are none.
func (g *gerrits) Files(ctx context.Context, e *event.Event) ([]string, error) {
	place, err := gerrit.ParsePlace(e.Subject)
	if err != nil {
		return nil, nil //nolint:nilerr // it is about no change
	}
	client := g.clients[place.Server]
	if client == nil {
		return nil, fmt.Errorf("the configuration has no Gerrit server %s", place.Server)
	}
	revision := e.Revision
	if revision == "" {
		revision = "current"
	}
	files, err := client.Files(ctx, gerrit.ID("", place.Change), revision)
	if gerrit.KindOf(err) == gerrit.Gone {
		return nil, nil
	}
	return files, err
}

// wish is a change as somebody named it.
type wish struct {
	client   *gerrit.Client
	id       string // as requests name it
	patchSet int    // 0 for the newest
}

// wishError is a sentence that says why a change was not understood.
type wishError string

// Error implements error.
func (e wishError) Error() string { return string(e) }

var (
	// changeForm is a change as people and other parts name it: 4711, 4711/3, project~4711, gerrit:review/4711, I1a2b….
	changeForm   = regexp.MustCompile(`^(?:gerrit:([a-z][a-z0-9-]*)/)?([1-9][0-9]{0,8})(?:/([1-9][0-9]{0,4}))?$`)
	changeIDForm = regexp.MustCompile(`^I[0-9a-f]{8,40}$`)
	// linkForm is what follows a server's address in a link to a change.
	linkForm = regexp.MustCompile(`^/(?:#/)?(?:c/)?(?:(.+)/\+/)?([1-9][0-9]{0,8})(?:/([1-9][0-9]{0,4}))?(?:/.*)?$`)
)

// find understands a change: its number, with its patch set or not, its Change-Id, its address, or a link to it.
func (g *gerrits) find(server, change string) (wish, error) {
	if strings.HasPrefix(change, "https://") || strings.HasPrefix(change, "http://") {
		return g.findLink(change)
	}
	parts := changeForm.FindStringSubmatch(change)
	if parts == nil && !changeIDForm.MatchString(change) {
		return wish{}, wishError(fmt.Sprintf("%s is not a change: give its number, such as 4711 or 4711/3, its Change-Id, or a link to it.", chat.Quote(change, 80)))
	}
	if len(parts) > 0 && parts[1] != "" {
		if server != "" && server != parts[1] {
			return wish{}, wishError(fmt.Sprintf("%s is not a change of the server %s.", change, server))
		}
		server = parts[1]
	}
	client, err := g.server(server)
	if err != nil {
		return wish{}, err
	}
	if parts == nil {
		return wish{client: client, id: change}, nil
	}
	return wish{client: client, id: parts[2], patchSet: atoi(parts[3])}, nil
}

func (g *gerrits) findLink(link string) (wish, error) {
	link, _, _ = strings.Cut(link, "?")
	for _, server := range g.section.Servers {
		if n := len(server.URL); len(link) < n || !strings.EqualFold(link[:n], server.URL) { // a host is written in any case
			continue
		}
		parts := linkForm.FindStringSubmatch(link[len(server.URL):])
		if parts == nil {
			continue
		}
		project, err := url.PathUnescape(parts[1])
		if err != nil || slices.Contains(strings.Split(project, "/"), "..") {
			break
		}
		return wish{client: g.clients[server.Name], id: gerrit.ID(project, atoi(parts[2])), patchSet: atoi(parts[3])}, nil
	}
	return wish{}, wishError("That is not a link to a change of a Gerrit server that the configuration names: " + strings.Join(g.section.Names(), ", ") + ".")
}

// server is the client of a server; among several, one must be named.
func (g *gerrits) server(name string) (*gerrit.Client, error) {
	if server := g.section.Server(name); server != nil {
		return g.clients[server.Name], nil
	}
	names := strings.Join(g.section.Names(), ", ")
	if name == "" {
		return nil, wishError("There are several Gerrit servers: add server=…, one of " + names + ".")
	}
	return nil, wishError(fmt.Sprintf("There is no Gerrit server %s; there is %s.", name, names))
}

// atoi reads what a form has matched; nothing is 0.
func atoi(text string) int {
	n, _ := strconv.Atoi(text) // see there
	return n
}

// gerritFault puts an error into an answer; what is the bot's own is returned.
func gerritFault(err error) (command.Answer, error) {
	if no, ok := asWish(err); ok {
		return problem(command.CodeUsage, no), nil
	}
	switch gerrit.KindOf(err) {
	case gerrit.Down:
		return problem(command.CodeUnavailable, fullStop(err.Error())+" Try again later."), nil
	case gerrit.Gone, gerrit.Refused, gerrit.Invalid:
		return problem(command.CodeConflict, fullStop(err.Error())+gerritAdvice(err)), nil
	case gerrit.None:
	}
	return command.Answer{}, err
}
