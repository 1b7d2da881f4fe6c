package gathering

import (
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// prefix begins every key of gatherings:
//
//	gatherings         hash: id → what it is called and when it is, JSON
//	current            string: the id that people chose
//	<id>               hash: a field → JSON; version, changed. Its name is a channel, too: versions, as they come
//	<id>:log           stream: a change each, under its version: at by name said sets undoes
//	<id>:snapshot:<v>  hash: <id> as it was at a version
//	<id>:did:<key>     string: what became of a change that was asked for under this key, JSON, for a day
const prefix = job.Prefix + "ptg:"

const (
	listKey    = prefix + "gatherings"
	currentKey = prefix + "current"
)

// keysOfAll are what stands in an id's place in keys of this function that are of no gathering, so that no id can be one.
var keysOfAll = []string{"gatherings", "current", "pace", "code", "file", "offer"}

func stateKey(id string) string    { return prefix + id }
func logKey(id string) string      { return prefix + id + ":log" }
func snapshotKey(id string) string { return prefix + id + ":snapshot:" }
func didKey(id, key string) string { return prefix + id + ":did:" + key }

// The fields of a gathering's hash that are no JSON of people's making.
const (
	versionField = "version" // how many changes led here
	changedField = "changed" // ms, when the last one was made
)

// stamp sets the version and the time of the last change, as the hash has them.
func (g *Gathering) stamp(version, changed string) (err error) {
	if version == "" {
		return nil
	}
	if g.Version, err = strconv.ParseInt(version, 10, 64); err != nil {
		return err
	}
	ms, err := strconv.ParseInt(changed, 10, 64)
	g.Changed = time.UnixMilli(ms).UTC()
	return err
}

// stamps are what stamp was given.
func (g *Gathering) stamps() []any {
	return []any{strconv.FormatInt(g.Version, 10), strconv.FormatInt(g.Changed.UnixMilli(), 10)}
}
