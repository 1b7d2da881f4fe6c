// Package exchange reads and writes the file in which a gathering comes from and goes to other programs: the JSON that
// ptgbot keeps its schedule in (https://opendev.org/openstack/ptgbot), old ones included.
//
// [Read] checks a file whole and says of each mistake where it is. A file that cannot be understood is refused. What can be, and
// is only none of what we take (ptgbot checked next to nothing), is made fit or left out, and told of. [Merge] brings it into a draft, so that people can be told
// what would change before anything does. [Write] is the way back.
package exchange
