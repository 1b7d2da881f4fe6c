package question

import (
	"cmp"
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/shared/chat"
)

// owner is who is told of some servers, and what.
type owner struct {
	Key       string   `json:"key"`  // tells owners apart: what made them one
	Name      string   `json:"name"` // as they are addressed
	Addresses []string `json:"addresses,omitempty"`
	Servers   []string `json:"servers"`
	Text      string   `json:"text,omitempty"`
}

// finder finds the owners of servers in one cloud.
type finder struct {
	*Questions

	cloud       *cloud.Cloud
	seen        *cloud.Cloud // as its administrator sees it
	slack, mail bool
	projects    projectNames
	users       map[string]cloudUser
}

// cloudUser is what Keystone says of a user.
type cloudUser struct{ name, email string }

// of is the owner of a server, without what they are told: of the environment that it belongs to; else whom the configuration names
// for its project, or for the user that made it; else that user, at the address that Keystone has.
func (f *finder) of(ctx context.Context, s *server) (owner, error) {
	if mark, ours := s.mark(); ours {
		env, err := f.envs.Get(ctx, mark.Env)
		if err == nil && env.Cloud == f.cloud.Name() && env.Bot == mark.Bot {
			return owner{Key: "person " + env.Owner, Name: plainName(env.Owner), Addresses: f.kept(f.addresses(env))}, nil
		}
		if err != nil && !errors.Is(err, environment.ErrNotFound) {
			return owner{}, err
		}
	}
	project := f.projects.of(ctx, f.seen, s.Project)
	for _, name := range []string{s.Project, project} {
		if list := f.set.Owners.Projects[name]; len(list) > 0 {
			return owner{Key: "project " + s.Project, Name: "the project " + project, Addresses: f.kept(list)}, nil
		}
	}
	user, err := f.user(ctx, s.User)
	if err != nil {
		return owner{}, err
	}
	found := owner{Key: "user " + s.User, Name: cmp.Or(user.name, s.User)}
	for _, name := range []string{s.User, user.name} {
		if list := f.set.Owners.Users[name]; len(list) > 0 {
			found.Addresses = f.kept(list)
			return found, nil
		}
	}
	if user.email != "" && !f.set.Owners.NoEmail {
		found.Addresses = f.kept([]string{"mail:" + user.email})
	}
	return found, nil
}

// plainName is a principal without its door, as people are addressed.
func plainName(principal string) string {
	_, name, is := strings.Cut(principal, ":")
	if !is {
		name = principal
	}
	return chat.OneLine(name)
}

// addresses are where an environment's owner is told: each of their principals that is a door's is an address of it.
func (f *finder) addresses(env *environment.Environment) []string {
	known := f.roles.People[env.Owner]
	if known == nil {
		known = f.roles.Known(env.Owner)
	}
	var list []string
	for _, principal := range known {
		if door, _, _ := strings.Cut(principal, ":"); slices.Contains([]string{"slack", "mail", "telnet", "irc"}, door) {
			list = append(list, principal)
		}
	}
	if len(list) == 0 && env.Address != "" {
		list = []string{env.Address}
	}
	return list
}

// kept are the addresses of the doors that are wanted.
func (f *finder) kept(list []string) []string {
	var kept []string
	for _, address := range list {
		door, _, _ := strings.Cut(address, ":")
		if !isAddress(address) || door == "slack" && !f.slack || door == "mail" && !f.mail || len(kept) == maxAddresses {
			continue
		}
		kept = append(kept, address)
	}
	return kept
}

// user asks Keystone once about each user. One that is gone, or not to be seen, is nobody that could be told.
func (f *finder) user(ctx context.Context, id string) (cloudUser, error) {
	if known, is := f.users[id]; is {
		return known, nil
	}
	client, err := f.seen.Client(ctx, cloud.Identity)
	if err != nil {
		return cloudUser{}, err
	}
	var told struct {
		User struct {
			Name  string `json:"name"`
			Email string `json:"email"`
		} `json:"user"`
	}
	err = read(ctx, client, &told, nil, "users", id)
	if fault := cloud.Judge(err); fault != nil && fault.Passing() {
		return cloudUser{}, cloud.While(err, "asking who made the servers")
	}
	user := cloudUser{name: chat.OneLine(told.User.Name)}
	if parsed, err := mail.ParseAddress(told.User.Email); err == nil && parsed.Address == told.User.Email {
		user.email = told.User.Email
	}
	if f.users == nil {
		f.users = map[string]cloudUser{}
	}
	f.users[id] = user
	return user, nil
}
