// Package git runs the real git for those that need repositories from elsewhere: it looks at remote refs, fetches into
// bare caches, exports a commit, and pushes all or nothing.
//
// Nothing that a person, a configuration or a server says reaches git unchecked. An address is parsed by rules of our own
// (Address), a ref's name by git's (CheckRef); both are given behind "--". git's environment is made from nothing: no
// configuration of the machine's, no prompts, only the protocols that are allowed, no redirects. Credentials come from
// secrets by the address they are for: a password is in a file that only we can read, from which an askpass helper (this
// program once more, see Main) answers, and an SSH key is a file that ssh is told of. They are in no argument, no
// environment, no configuration of git's and no line of output.
//
// A cache is a bare repository of everything that was ever needed of an upstream. Its refs are one file, packed-refs, which
// is written as a whole: ten thousand refs cost one write. So git itself never writes refs there: what it fetches is
// fetched with --dry-run, which brings objects and leaves refs alone, and what it pushes it pushes from a repository made
// for that push, which borrows the cache's objects and has exactly the refs to be pushed.
//
// Every git is attended (see package attend): it ends when the function does, however that ends.
package git
