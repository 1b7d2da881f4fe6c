package question

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// maxSheets bounds the servers that are shown in full, of all clouds together.
const maxSheets = 20

// showServer answers "openstack server show".
func (q *Questions) showServer(ctx context.Context, call command.Call) ([]string, error) {
	args := command.Values(call.Args)
	t, err := parseTarget(args.String("server"))
	if err != nil {
		return nil, err
	}
	clouds, err := q.permitted(args.String("cloud"), cloud.Viewer, showWords, call.Who())
	if err != nil {
		return nil, err
	}
	type detailed struct {
		server
		names map[string]string
	}
	replies, silent := search(ctx, q, clouds, func(ctx context.Context, c *cloud.Cloud) ([]detailed, error) {
		found, err := t.find(ctx, c)
		var list []detailed
		for _, s := range found {
			list = append(list, detailed{s, namesOf(ctx, c, &s)})
		}
		return list, err
	})
	var lines []string
	shown, all := 0, 0
	for _, reply := range replies {
		all += len(reply.Value)
		for _, d := range reply.Value[:min(len(reply.Value), maxFound, maxSheets-shown)] {
			if shown++; shown > 1 {
				lines = append(lines, "")
			}
			lines = append(lines, q.sheet(ctx, reply.Cloud, &d.server, d.names)...)
		}
	}
	if all > shown {
		lines = append(lines, "", fmt.Sprintf("… and there are more of %s: %s name=… lists servers.", chat.OneLine(t.text), listWords))
	}
	if len(lines) == 0 && len(silent) == 0 {
		return nil, q.notFound(ctx, t, clouds)
	}
	if len(lines) == 0 {
		lines = append(lines, fmt.Sprintf("No server %s was found in %s.", chat.OneLine(t.text), in(clouds)))
	}
	return append(lines, silent...), nil
}

// namesOf finds the names of what a server says by ids: image, project, user. What cannot be found out stays an id.
func namesOf(ctx context.Context, c *cloud.Cloud, s *server) map[string]string {
	seen, _ := eye(c)
	var mu sync.Mutex
	names := map[string]string{}
	var all sync.WaitGroup
	for _, thing := range []struct {
		of       cloud.Service
		what, id string
	}{{cloud.Image, "images", string(s.Image)}, {cloud.Identity, "projects", s.Project}, {cloud.Identity, "users", s.User}} {
		if thing.id == "" {
			continue
		}
		all.Go(func() {
			name, err := nameOf(ctx, seen, thing.of, thing.what, thing.id)
			if err != nil {
				return // the id is shown
			}
			mu.Lock()
			defer mu.Unlock()
			names[thing.what] = name
		})
	}
	all.Wait()
	return names
}

func nameOf(ctx context.Context, c *cloud.Cloud, of cloud.Service, what, id string) (string, error) {
	client, err := c.Client(ctx, of)
	if err != nil {
		return "", err
	}
	var thing struct {
		Name    string                `json:"name"` // Glance's are not wrapped
		Project struct{ Name string } `json:"project"`
		User    struct{ Name string } `json:"user"`
	}
	if err := read(ctx, client, &thing, nil, what, url.PathEscape(id)); err != nil {
		return "", err
	}
	return cmp.Or(thing.Name, thing.Project.Name, thing.User.Name), nil
}

// sheet is everything about a server.
func (q *Questions) sheet(ctx context.Context, c *cloud.Cloud, s *server, names map[string]string) []string {
	var sheet chat.Sheet
	named := func(what, id string) string {
		if name := names[what]; name != "" {
			return chat.OneLine(name) + " (" + chat.OneLine(id) + ")"
		}
		return chat.OneLine(id)
	}
	image := named("images", string(s.Image))
	if s.Image == "" {
		image = "none: it boots from a volume"
	}
	for _, row := range [][2]string{
		{"Addresses", cmp.Or(s.plainAddresses(), "none")},
		{"Availability zone", chat.OneLine(s.Zone)},
		{"Cloud", c.Name()},
		{"Created by", named("users", s.User)},
		{"Fault", faultText(s.Fault)},
		{"Flavor", flavorSize(s)},
		{"Hypervisor", chat.OneLine(s.Host)},
		{"ID", chat.OneLine(s.ID)},
		{"Image", image},
		{"Key pair", chat.OneLine(s.Key)},
		{"Launched", launched(s)},
		{"Name", chat.OneLine(s.Name)},
		{"Project", named("projects", s.Project)},
		{"State", s.state()},
		{"Environment", q.environmentOf(ctx, c, s)},
		{"Horizon", horizon(c, s)},
	} {
		if row[1] != "" {
			sheet.Add(row[0], row[1])
		}
	}
	return strings.Split(sheet.String(), "\n")
}

// novaTime is how Nova writes when a server was launched: https://docs.openstack.org/api-ref/compute/#show-server-details. It is UTC.
const novaTime = "2006-01-02T15:04:05"

func launched(s *server) string {
	if at, err := time.Parse(novaTime, s.Launched); err == nil {
		return at.Format(minute)
	}
	if s.Launched != "" {
		return chat.OneLine(s.Launched)
	}
	if s.Created.IsZero() {
		return "never"
	}
	return "never; asked for " + s.Created.UTC().Format(minute)
}

// minute is how people are told a time.
const minute = "2006-01-02 15:04 UTC"

func faultText(f *serverFault) string {
	if f == nil {
		return ""
	}
	return chat.Brief(f.Message, 300)
}

func flavorSize(s *server) string {
	if s.Flavor.CPUs == 0 {
		return s.flavorText()
	}
	return fmt.Sprintf("%s (%s, %d MiB, %d GiB)", s.flavorText(), chat.Count(s.Flavor.CPUs, "CPU"), s.Flavor.RAM, s.Flavor.Disk)
}

func horizon(c *cloud.Cloud, s *server) string {
	if c.Horizon() == "" {
		return ""
	}
	return c.Horizon() + "/project/instances/" + url.PathEscape(s.ID) + "/"
}

// environmentOf says which of our environments a server belongs to, and whose that is.
func (q *Questions) environmentOf(ctx context.Context, c *cloud.Cloud, s *server) string {
	mark, ours := s.mark()
	if !ours {
		return ""
	}
	env, err := q.envs.Get(ctx, mark.Env)
	switch {
	case err == nil && env.Cloud != c.Name():
		return fmt.Sprintf("%s, which is at %s now (job %s)", mark.Env, env.Cloud, mark.Job)
	case errors.Is(err, environment.ErrNotFound):
		return fmt.Sprintf("%s, which is no more (job %s)", mark.Env, mark.Job)
	case err != nil:
		q.log.WarnContext(ctx, "read an environment", "environment", mark.Env, "error", err)
		return mark.Env
	case env.Bot != mark.Bot:
		return fmt.Sprintf("%s of another bot (job %s)", mark.Env, mark.Job)
	}
	return fmt.Sprintf("%s, of %s (job %s)", mark.Env, chat.OneLine(env.Owner), mark.Job)
}
