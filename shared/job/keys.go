package job

// Prefix begins every Redis key of handsoff. The scripts compute their keys from it as the functions here do.
const Prefix = "handsoff:"

func jobKey(id string) string       { return Prefix + "job:" + id }
func storyKey(id string) string     { return jobKey(id) + ":story" }
func logKey(id string) string       { return jobKey(id) + ":log" }
func watchersKey(id string) string  { return jobKey(id) + ":watchers" }
func childrenKey(id string) string  { return jobKey(id) + ":children" }
func retriesKey(id string) string   { return jobKey(id) + ":retries" }
func idemKey(key string) string     { return Prefix + "idem:" + key }
func refusalsKey(who string) string { return Prefix + "refusals:" + who }

// OutboxKey is the stream of what a door without an edit API must show at an address.
func OutboxKey(address string) string { return Prefix + "outbox:" + address }

// AuditKey is the stream of every act and refusal; the scripts write it, and so does Audit.
const AuditKey = Prefix + "audit"

// ClockKey is a string: what the function clock knows from tick to tick, JSON.
const ClockKey = Prefix + "clock:memo"

// QueueKey begins the keys of local-provider's queue.
const QueueKey = Prefix + "queue:"

// CountKey is a hash: what is counted, see [Store.Count].
const CountKey = Prefix + "count"

// TendedKey is a set, see [Store.Tended].
const TendedKey = Prefix + "tended"

const (
	openKey     = Prefix + "open"
	finishedKey = Prefix + "finished"
	noticesKey  = Prefix + "notices"
	dueKey      = Prefix + "due"
	notifyKey   = Prefix + "notify"
	cancelTopic = Prefix + "cancel"
)
