package life

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// young is how old something must be to be called astray: it may be of an environment that is made anew while we look.
const young = 5 * time.Minute

// stray is something that belongs to no environment.
type stray struct {
	cloud *cloud.Cloud // as it was seen: with whose account, in which project
	thing resource.Thing
	grade cloud.Grade // what it takes to take it away: whole projects, and what is in them, are the administrators'
}

// key names it among all things of all clouds.
func (s stray) key() string { return s.cloud.Name() + " " + s.thing.Kind + " " + s.thing.ID }

// thingOf is a key as people read it.
func thingOf(key string) string {
	at, thing, _ := strings.Cut(key, " ")
	kind, id, _ := strings.Cut(thing, " ")
	return label(kind) + " " + id + " at " + at
}

func (s stray) String() string {
	return fmt.Sprintf("%s %s (%s) at %s, of %s by %s", label(s.thing.Kind), s.thing.Name, s.thing.ID, s.cloud.Name(), s.thing.Mark.Env, s.thing.Mark.Job)
}

// leaves reports whether it was told to go, and is there yet.
func (s stray) leaves() bool { return s.thing.State == resource.Going }

// search looks through clouds for what bears our mark and is nobody's.
func (s *sweeper) search(ctx context.Context, clouds []*cloud.Cloud, now time.Time) []cloud.Reply[[]stray] {
	const patience = time.Minute
	return cloud.Each(ctx, clouds, patience, func(ctx context.Context, at *cloud.Cloud) ([]stray, error) { return s.astray(ctx, at, now) })
}

// survey looks through clouds for what bears our mark and is nobody's, and through all inventories for what is no more. faults names the clouds that could not be asked.
func (s *sweeper) survey(ctx context.Context, clouds []*cloud.Cloud) (strays []stray, lost, faults []string, err error) {
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, reply := range s.search(ctx, clouds, now) {
		if reply.Err != nil {
			faults = append(faults, sentence(reply.Err.Error()))
			continue
		}
		strays = append(strays, reply.Value...)
	}
	err = s.eachAt(ctx, clouds, func(env *environment.Environment) error {
		items, err := s.claims(ctx, env, func(*environment.Item) bool { return true })
		if err != nil {
			faults = append(faults, sentence(env.Name+": "+err.Error()))
		}
		for _, item := range items {
			lost = append(lost, missing(env, item))
		}
		return nil
	})
	return strays, lost, faults, err
}

// astray finds what bears our mark at a cloud and belongs to no environment. Projects are found by the administrator, with the key pairs that are that one's;
// what is in a project that is astray is, too.
func (s *sweeper) astray(ctx context.Context, at *cloud.Cloud, now time.Time) ([]stray, error) {
	owners := &owners{store: s.envs, known: map[string]*environment.Environment{}}
	inside := slices.DeleteFunc(resource.Kinds(), func(kind string) bool { return kind == resource.KindProject })
	found, err := s.unowned(ctx, at, inside, cloud.Operator, owners, now)
	if err != nil || !at.HasAdmin() {
		return found, err
	}
	admin, err := at.Admin()
	if err != nil {
		return nil, err
	}
	above, err := s.unowned(ctx, admin, []string{resource.KindProject, resource.KindKeyPair}, cloud.Admin, owners, now)
	if err != nil {
		return nil, err
	}
	found = with(found, above)
	for _, one := range above {
		if one.thing.Kind != resource.KindProject {
			continue
		}
		within, err := admin.InProject(ctx, one.thing.ID)
		if err != nil {
			return nil, err
		}
		below, err := s.unowned(ctx, within, inside, cloud.Admin, owners, now)
		if cloud.Is(err, cloud.Denied) { // we never became a member, and so made nothing in it
			continue
		}
		if err != nil {
			return nil, err
		}
		found = with(found, below)
	}
	return found, nil
}

// with adds what is not there yet: one account sees the same key pairs from every project.
func with(found, more []stray) []stray {
	for _, one := range more {
		if !slices.ContainsFunc(found, func(s stray) bool { return s.thing.Kind == one.thing.Kind && s.thing.ID == one.thing.ID }) {
			found = append(found, one)
		}
	}
	return found
}

// unowned finds what an account sees of some kinds in its project and no environment has; grade is what it takes to take that away. Whose a thing is, is read after it was seen: an environment is
// noted before anything of it is made.
func (s *sweeper) unowned(ctx context.Context, at *cloud.Cloud, kinds []string, grade cloud.Grade, owners *owners, now time.Time) ([]stray, error) {
	var found []stray
	for _, name := range kinds {
		kind, ok := s.kind(name)
		if !ok {
			continue
		}
		things, err := kind.Find(ctx, at, resource.Mark{Bot: s.bot})
		if cloud.Is(err, cloud.Missing) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, thing := range things {
			if now.Sub(thing.Made) < young {
				continue
			}
			owned, err := owners.have(ctx, thing)
			if err != nil {
				return nil, err
			}
			if !owned {
				found = append(found, stray{at, thing, grade})
			}
		}
	}
	return found, nil
}

// owners are the environments that things say they are of.
type owners struct {
	store *environment.Store
	known map[string]*environment.Environment // each once in a sweep; nil for one that there is not
}

// have reports whether a thing that was seen is an environment's. One that did not have it when it was read is read anew.
func (o *owners) have(ctx context.Context, thing resource.Thing) (bool, error) {
	name := thing.Mark.Env
	if belongs(o.known[name], thing) {
		return true, nil
	}
	env, err := o.store.Get(ctx, name)
	if err != nil && !errors.Is(err, environment.ErrNotFound) {
		return false, err
	}
	o.known[name] = env
	return belongs(env, thing), nil
}

// belongs reports whether a thing is an environment's: in its inventory, or one that it may be about to note. By which of our clouds it was seen says nothing: regions share
// their projects, an account's key pairs are seen from all of its projects, and two entries may be for one project.
func belongs(env *environment.Environment, thing resource.Thing) bool {
	if env == nil || env.Bot != thing.Mark.Bot {
		return false
	}
	for _, item := range env.Items {
		if item.Kind == thing.Kind && (item.ID == thing.ID || item.ID == "" && item.Key == thing.Mark.Item) {
			return true
		}
	}
	return inHand(env)
}
