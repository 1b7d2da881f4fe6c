package gerrit

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Options of what is told of a change, https://gerrit-review.googlesource.com/Documentation/rest-api-changes.html#query-options
const (
	WithCurrent  = "CURRENT_REVISION"
	WithCommit   = "CURRENT_COMMIT"
	WithPatches  = "ALL_REVISIONS"
	WithCommits  = "ALL_COMMITS"
	WithAccounts = "DETAILED_ACCOUNTS"
	WithLabels   = "LABELS"
	WithVotes    = "DETAILED_LABELS"
	WithMessages = "MESSAGES"
)

// ID names a change in requests; the project may be empty, and makes the look-up cheaper and surer when it is not.
func ID(project string, number int) string {
	if project == "" {
		return strconv.Itoa(number)
	}
	return url.PathEscape(project) + "~" + strconv.Itoa(number)
}

// options makes the query of options: "o=LABELS&o=MESSAGES".
func options(of []string) string {
	parts := make([]string, len(of))
	for i, o := range of {
		parts[i] = "o=" + o
	}
	return strings.Join(parts, "&")
}

// detail is what [Client.Change] asks for when nothing is named.
var detail = []string{WithCurrent, WithCommit, WithAccounts, WithVotes}

// Change reads a change, see [ID]: with its newest patch set, that one's commit, accounts by name and every vote, or with
// what is named instead.
func (c *Client) Change(ctx context.Context, id string, with ...string) (*Change, error) {
	if len(with) == 0 {
		with = detail
	}
	var found Change
	err := c.call(ctx, ask{doing: "read change " + plain(id), path: "changes/" + id + "?" + options(with)}, &found)
	if err != nil {
		return nil, err
	}
	return &found, nil
}

// plain is an id as people know it.
func plain(id string) string {
	if text, err := url.PathUnescape(id); err == nil {
		return text
	}
	return id
}

// Files lists the paths that a patch set changes, those that it renames or copies under both names, sorted. revision is a
// SHA, a number, or "current". Gerrit's own, such as /COMMIT_MSG, are not among them.
func (c *Client) Files(ctx context.Context, id, revision string) ([]string, error) {
	var files map[string]struct {
		OldPath string `json:"old_path"`
	}
	a := ask{doing: "list the files of change " + plain(id), path: "changes/" + id + "/revisions/" + url.PathEscape(revision) + "/files/"}
	if err := c.call(ctx, a, &files); err != nil {
		return nil, err
	}
	paths := make(map[string]bool, len(files))
	for path, info := range files {
		if strings.HasPrefix(path, "/") {
			continue
		}
		paths[path] = true
		if info.OldPath != "" {
			paths[info.OldPath] = true
		}
	}
	return slices.Sorted(maps.Keys(paths)), nil
}

// Messages lists what was said to a change, oldest first.
func (c *Client) Messages(ctx context.Context, id string) ([]Message, error) {
	var messages []Message
	err := c.call(ctx, ask{doing: "read what was said to change " + plain(id), path: "changes/" + id + "/messages"}, &messages)
	return messages, err
}

// BranchHead is the commit at which a branch is.
func (c *Client) BranchHead(ctx context.Context, project, branch string) (string, error) {
	var head struct {
		Revision string `json:"revision"`
	}
	a := ask{
		doing: fmt.Sprintf("read branch %s of %s", branch, project),
		path:  "projects/" + url.PathEscape(project) + "/branches/" + url.PathEscape(strings.TrimPrefix(branch, "refs/heads/")),
	}
	err := c.call(ctx, a, &head)
	return head.Revision, err
}

// mostPerPage is how many changes one request of a query asks for; Gerrit may give fewer.
const mostPerPage = 100

// Query finds changes, those changed last first, at most limit of them. more says that there are others.
func (c *Client) Query(ctx context.Context, query string, limit int, with ...string) (found []Change, more bool, err error) {
	for len(found) < limit {
		page, next, err := c.QueryPage(ctx, query, len(found), min(mostPerPage, limit-len(found)), with...)
		if err != nil {
			return nil, false, err
		}
		found = append(found, page...)
		if more = next; !more {
			break
		}
	}
	return found, more, nil
}

// QueryPage gives at most n of the changes that a query finds, after the first skip of them. An answer that is larger than
// we read gives ErrTooLarge: ask for fewer.
func (c *Client) QueryPage(ctx context.Context, query string, skip, n int, with ...string) (page []Change, more bool, err error) {
	path := fmt.Sprintf("changes/?q=%s&n=%d&S=%d", url.QueryEscape(query), n, skip)
	if len(with) > 0 {
		path += "&" + options(with)
	}
	if err := c.call(ctx, ask{doing: "find changes", path: path}, &page); err != nil {
		return nil, false, err
	}
	return page, len(page) > 0 && page[len(page)-1].More, nil
}
