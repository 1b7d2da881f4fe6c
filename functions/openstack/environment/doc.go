// Package environment keeps what environments there are: of each a record of what it is to be, and an inventory of everything
// that was ever asked for in its name.
//
// A thing is put in the inventory as intended before the cloud is asked for it, and leaves the inventory only with the whole
// environment, once all of it is gone: so nothing that was made can be forgotten, whatever dies. Every write is one script
// and names the job that writes and the fence of its lease; a worker that lost its lease writes nothing.
//
// The keys, all under the jobs' prefix: environments (names by when they expire), environment:<name> (the fields below),
// environment:<name>:key (a sealed private key that is handed over once), environment:took:<template> (how long the last
// ones took to make, in ms). What different jobs may change at the same time stands in fields of its own: record, owner, state, why,
// job, maker, lease, expires, item:<key>.
package environment
