package gerrit

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Place is where a job's outcome is told: a change or one of its patch sets, and the vote that goes with it.
type Place struct {
	Server   string
	Change   int
	PatchSet int    // 0 for the newest
	Label    string // empty for a comment without a vote
	Success  int    // the vote when the job succeeded
	Failure  int    // the vote when it failed
	Started  bool   // its beginning is told too
}

// Address is the place as an address: "gerrit:review/4711/3?label=Verified&success=1&failure=-1".
func (p Place) Address() string {
	text := fmt.Sprintf("gerrit:%s/%d", p.Server, p.Change)
	if p.PatchSet > 0 {
		text += "/" + strconv.Itoa(p.PatchSet)
	}
	var query []string
	add := func(key, value string) { query = append(query, key+"="+value) }
	if p.Label != "" {
		add("label", p.Label)
		add("success", strconv.Itoa(p.Success))
		add("failure", strconv.Itoa(p.Failure))
	}
	if p.Started {
		add("started", "true")
	}
	if len(query) > 0 {
		text += "?" + strings.Join(query, "&")
	}
	return text
}

// maxVote bounds a vote; no Gerrit has more.
const maxVote = 10

// ParsePlace reads an address. What [Place.Address] did not write is an error.
func ParsePlace(address string) (Place, error) {
	wrong := fmt.Errorf("%q is not the address of a change; one looks like gerrit:review/4711/3", address)
	rest, ok := strings.CutPrefix(address, "gerrit:")
	path, raw, _ := strings.Cut(rest, "?")
	parts := strings.Split(path, "/")
	if !ok || len(parts) < 2 || len(parts) > 3 || !nameForm.MatchString(parts[0]) {
		return Place{}, wrong
	}
	p := Place{Server: parts[0]}
	var err error
	if p.Change, err = strconv.Atoi(parts[1]); err != nil || p.Change <= 0 {
		return Place{}, wrong
	}
	if len(parts) == 3 {
		if p.PatchSet, err = strconv.Atoi(parts[2]); err != nil || p.PatchSet <= 0 {
			return Place{}, wrong
		}
	}
	query, err := url.ParseQuery(raw)
	if err != nil || !p.vote(query) || p.Address() != address {
		return Place{}, wrong
	}
	return p, nil
}

// vote reads what follows the question mark.
func (p *Place) vote(query url.Values) bool {
	p.Label, p.Started = query.Get("label"), query.Get("started") == "true"
	if p.Label == "" {
		return true
	}
	var first, second error
	p.Success, first = strconv.Atoi(query.Get("success"))
	p.Failure, second = strconv.Atoi(query.Get("failure"))
	return first == nil && second == nil && IsLabel(p.Label) &&
		max(p.Success, -p.Success) <= maxVote && max(p.Failure, -p.Failure) <= maxVote
}

// IsLabel reports whether a label may be called so: letters, digits and -
// (https://gerrit-review.googlesource.com/Documentation/config-labels.html#label_custom).
func IsLabel(name string) bool { return labelForm.MatchString(name) }
