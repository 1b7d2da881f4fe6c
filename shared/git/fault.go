package git

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/handsoff/handsoff/shared/attend"
)

// Kind says what went wrong, as far as what a person does about it differs.
type Kind int

// The kinds of faults.
const (
	// Odd is anything that is not known; git's own words tell.
	Odd Kind = iota
	// Denied says that the server does not let us, or wants to know who we are.
	Denied
	// Missing says that there is no such repository, or none that we may see.
	Missing
	// UnknownHost says that the SSH server's key is not a known one.
	UnknownHost
	// Moved says that the server sends us elsewhere.
	Moved
	// Unreachable says that the server cannot be reached now.
	Unreachable
	// Dropped says that the connection broke while something was under way.
	Dropped
	// Refused says that the server, or git itself, refused some of what was pushed, and so took nothing.
	Refused
	// Divided says that the server cannot take a push all or nothing.
	Divided
	// Broken says that our own cache cannot be read.
	Broken
)

// Fault is a git that failed.
type Fault struct { //nolint:errname // what failed, not only that it did
	Kind     Kind
	Sentence string // for people, without its end
	To       Address
	Lines    []string // the last that git said
}

// Error implements error.
func (f *Fault) Error() string { return f.Sentence }

// Passing reports whether trying again later may help.
func (f *Fault) Passing() bool { return f.Kind == Unreachable || f.Kind == Dropped || f.Kind == Broken }

// sign is what git says when something is wrong.
type sign struct {
	form *regexp.Regexp
	kind Kind
	says string // %s is the address
}

// signs are tried in this order.
var signs = []sign{
	{words(`does not support --atomic`), Divided, "%s cannot take several refs all or nothing, so that nothing was pushed"},
	{words(`Host key verification failed`, `REMOTE HOST IDENTIFICATION HAS CHANGED`, `No .* host key is known`), UnknownHost, "the key of the server of %s is not among the known ones, so that nothing was sent to it (git.known_hosts)"},
	{words(`unable to update url base from redirection`, `requested URL returned error: 30[0-9]`), Moved, "%s has moved: the server sends us to another address, which is not followed; configure the new one"},
	{words(`Authentication failed`, `could not read (Username|Password)`, `Permission denied`, `requested URL returned error: 40[13]`, `terminal prompts disabled`, `Invalid username or`, `unable to authenticate`, `Load key .*: `), Denied, "the server of %s does not let us: see git.credentials"},
	{words(`repository .* not found`, `requested URL returned error: 404`, `Repository not found`, `does not appear to be a git repository`, `No such file or directory`, `not a git repository`), Missing, "there is no repository %s, or none that we may see"},
	{words(`Could not resolve host`, `Temporary failure in name resolution`, `Connection refused`, `Connection timed out`, `Failed to connect`, `Couldn't connect`, `No route to host`, `Network is unreachable`, `Operation timed out`, `Could not resolve hostname`, `kex_exchange_identification`, `requested URL returned error: 5[0-9][0-9]`, `requested URL returned error: 429`, `Operation too slow`), Unreachable, "%s cannot be reached now"},
	{words(`SSL certificate problem`, `server certificate verification failed`, `SSL: `), UnknownHost, "the certificate of the server of %s is not one that is trusted (git.ca)"},
	{words(`bad object`, `object file .* is empty`, `loose object .* is corrupt`, `packfile .* (cannot be|is corrupt|claims)`, `unable to read tree`, `missing blob`, `unable to read [0-9a-f]{40}`, `does not point to a valid object`, `Could not read [0-9a-f]{40}`, `Failed to traverse`, `missing necessary objects`, `pack-objects died`), Broken, "our copy for %s was damaged, and is made anew"},
	{words(`closed by remote host`, `Connection closed by`, `early EOF`, `RPC failed`, `hung up unexpectedly`, `the remote end hung up`, `unexpected disconnect`, `Connection reset`, `Broken pipe`, `transfer closed`, `Empty reply from server`, `invalid index-pack output`, `fetch-pack: `, `expected flush`, `unexpected EOF`, `bytes of length header were received`, `unexpected end`), Dropped, "the connection to %s broke"},
	{words(`\[rejected\]`, `\[remote rejected\]`, `failed to push some refs`), Refused, "%s did not take what was pushed"},
}

func words(forms ...string) *regexp.Regexp { return regexp.MustCompile(strings.Join(forms, "|")) }

// classify makes a fault of what git said last.
func classify(to Address, exit attend.Exit, last []string) *Fault {
	text := strings.Join(last, "\n")
	where := to.String()
	if where == "" {
		where = "the repository"
	}
	for _, s := range signs {
		if s.form.MatchString(text) {
			return &Fault{Kind: s.kind, Sentence: fmt.Sprintf(s.says, where), To: to, Lines: last}
		}
	}
	if exit.Signal != "" {
		return &Fault{Kind: Dropped, Sentence: "git was ended from outside by " + exit.Signal, To: to, Lines: last}
	}
	return &Fault{Kind: Odd, Sentence: fmt.Sprintf("git failed with %s: %s", where, because(last)), To: to, Lines: last}
}

// because is the line that tells most: the first that is an error of git's, else the last one.
func because(last []string) string {
	for _, line := range last {
		for _, mark := range []string{"fatal: ", "error: "} {
			if rest, ok := strings.CutPrefix(line, mark); ok {
				return strings.TrimSuffix(rest, ".")
			}
		}
	}
	if len(last) == 0 {
		return "it said nothing"
	}
	return strings.TrimSuffix(last[len(last)-1], ".")
}
