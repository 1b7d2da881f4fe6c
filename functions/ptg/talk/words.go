package talk

import (
	"context"
)

// handler does what an utterance asks for.
type handler func(ctx context.Context, u *utterance) (reply string, err error)

// verb does what is asked for of a track.
type verb struct {
	does func(ctx context.Context, u *utterance, track string) (reply string, err error)
	own  bool // it checks itself who may say it; else those may who may speak for the track
}

// legacy are the words for everybody that were said behind a # before there was the +.
var legacy = []string{"in", "out", "seen", "subscribe", "unsubscribe"}

// learn fills the tables.
func (t *Talk) learn() {
	t.users = map[string]handler{
		"in":          t.checkIn,
		"out":         t.checkOut,
		"seen":        t.seen,
		"subscribe":   t.subscribe,
		"unsubscribe": t.unsubscribe,
		"now":         t.whatIsOn,
		"free":        t.free,
		"list":        t.list,
		"undo":        t.undo,
		"history":     t.history,
		"link":        t.link,
		"moderators":  t.moderatorsOf,
		"events":      t.events,
	}
	t.admins = map[string]handler{
		"list":          t.list,
		"add":           t.addTracks,
		"clean":         t.cleanTracks,
		"clear":         t.cleanTracks,
		"motd":          t.motd,
		"requirevoice":  t.requireVoice,
		"alloweveryone": t.allowEveryone,
	}
	t.verbs = map[string]verb{
		"now":        {does: t.now},
		"next":       {does: t.next},
		"clean":      {does: t.clean},
		"clear":      {does: t.clean},
		"etherpad":   {does: t.etherpad},
		"url":        {does: t.url},
		"color":      {does: t.color},
		"location":   {does: t.location},
		"book":       {does: t.book},
		"unbook":     {does: t.unbook, own: true},
		"moderators": {does: t.moderators, own: true},
	}
	t.remarks = map[string]handler{
		"success": t.success,
		"thanks":  t.thanks,
		"status":  t.status,
	}
	t.banners = map[string]handler{
		"add":     t.motdAdd,
		"del":     t.motdDel,
		"reorder": t.motdReorder,
	}
	t.deeds = map[string]preparation{
		"newday":     t.prepareNewDay,
		"emptydb":    t.prepareEmpty,
		"fetchdb":    t.prepareFetch,
		"restore":    t.prepareRestore,
		"del":        t.prepareDel,
		"motd clean": t.prepareNoMotd,
		"motd clear": t.prepareNoMotd,
	}
}
