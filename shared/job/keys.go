package job

// Prefix begins every Redis key of handsoff. The scripts compute their keys from it as the functions here do.
const Prefix = "handsoff:"

func jobKey(id string) string      { return Prefix + "job:" + id }
func storyKey(id string) string    { return jobKey(id) + ":story" }
func logKey(id string) string      { return jobKey(id) + ":log" }
func watchersKey(id string) string { return jobKey(id) + ":watchers" }
func childrenKey(id string) string { return jobKey(id) + ":children" }
func idemKey(key string) string    { return Prefix + "idem:" + key }

// OutboxKey is the stream of what a door without an edit API must show at an address.
func OutboxKey(address string) string { return Prefix + "outbox:" + address }

const (
	openKey     = Prefix + "open"
	finishedKey = Prefix + "finished"
	dueKey      = Prefix + "due"
	notifyKey   = Prefix + "notify"
	auditKey    = Prefix + "audit"
	countKey    = Prefix + "count"
	cancelTopic = Prefix + "cancel"
)
