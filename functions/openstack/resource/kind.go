package resource

import (
	"context"
	"slices"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// Kind is how one kind of thing is made, found, looked after and taken back. Every error is a *cloud.Fault.
//
//   - Make asks once. A Fault that is not Undone leaves open whether the thing is there (or comes to be there late): look for it with Find before
//     anything is asked again. Any other Fault means that nothing was made. Where one thing takes more than one request, the first of them bears the mark, and
//     a crash between them leaves a thing that is shown as Failed and Unfinished: see Finisher.
//   - Find shows what bears the mark, in any state but Absent, the oldest first. One item found twice is a create that came through twice: the younger goes.
//     The job of the mark is not compared. With an empty Env it shows what bears any mark of ours, for the sweep.
//   - Look tells the state of each id; every id asked for is in the answer, and what is gone is there as Absent. It asks with a few lists however many ids
//     there are.
//   - Delete asks for a thing to go and does not wait. What is gone already is no error. A Conflict means not yet: something else still uses it; ask again
//     when that is gone.
//
// All of them see only the project of the cloud they are given, except projects themselves, which take the cloud's administrator.
type Kind interface {
	Make(ctx context.Context, c *cloud.Cloud, w Wish) (Thing, error)
	Find(ctx context.Context, c *cloud.Cloud, m Mark) ([]Thing, error)
	Look(ctx context.Context, c *cloud.Cloud, ids []string) (map[string]Thing, error)
	Delete(ctx context.Context, c *cloud.Cloud, t Thing) error
}

// Finisher is a kind whose things take several requests. Finish does for an Unfinished one, by its id, what was left undone when it was made: w is the wish it
// was made by, with the ids it uses. It may be asked for again whatever came of it; what is whole is given as it is.
type Finisher interface {
	Finish(ctx context.Context, c *cloud.Cloud, w Wish, id string) (Thing, error)
}

// The kinds of things.
const (
	KindProject     = "project"
	KindKeyPair     = "keypair"
	KindServerGroup = "servergroup"
	KindNetwork     = "network"
	KindSubnet      = "subnet"
	KindRouter      = "router"
	KindRouterPort  = "routerport"
	KindSecGroup    = "secgroup"
	KindVolume      = "volume"
	KindServer      = "server"
	KindAttachment  = "attachment"
	KindFloatingIP  = "floatingip"
	KindStack       = "stack"
)

// Kinds are the names of all kinds, in the order in which they are made; they are taken back in the reverse order.
func Kinds() []string {
	return []string{
		KindProject, KindKeyPair, KindServerGroup, KindNetwork, KindSubnet, KindRouter, KindRouterPort,
		KindSecGroup, KindVolume, KindServer, KindAttachment, KindFloatingIP, KindStack,
	}
}

// Of is the kind with this name.
func Of(kind string) (Kind, bool) {
	if !slices.Contains(Kinds(), kind) {
		return nil, false
	}
	k, ok := table()[kind]
	return k, ok
}
