package github

import (
	"crypto/sha1" //nolint:gosec // it is how git names things, and nothing is trusted for it
	"encoding/hex"
	"fmt"
	"strings"
)

// zeroSHA stands for no commit.
const zeroSHA = "0000000000000000000000000000000000000000"

func gitHash(kind, text string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d\x00%s", kind, len(text), text)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// lines is how many lines a change adds and removes, counted as if all of the file were replaced.
func (f FileChange) lines() (added, removed int) {
	return countLines(f.Text), countLines(f.Before)
}

func countLines(text string) int {
	if text == "" {
		return 0
	}
	return strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
}

// patch is a change as a hunk of a diff.
func (f FileChange) patch() string {
	added, removed := f.lines()
	var out strings.Builder
	fmt.Fprintf(&out, "@@ -%d,%d +%d,%d @@", min(removed, 1), removed, min(added, 1), added)
	writeHunk(&out, "-", f.Before)
	writeHunk(&out, "+", f.Text)
	return out.String()
}

func writeHunk(out *strings.Builder, sign, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		out.WriteString("\n" + sign + line)
	}
}

func (s *Server) showFile(r *Repo, sha string, f FileChange) object {
	added, removed := f.lines()
	blob := gitHash("blob", f.Text)
	return object{
		"sha": blob, "filename": f.Path, "status": f.Status, "additions": added, "deletions": removed,
		"changes": added + removed, "blob_url": fmt.Sprintf("%s/%s/blob/%s/%s", s.base, r.FullName(), sha, f.Path),
		"raw_url":      fmt.Sprintf("%s/%s/raw/%s/%s", s.base, r.FullName(), sha, f.Path),
		"contents_url": fmt.Sprintf("%s/contents/%s?ref=%s", s.repoURL(r), f.Path, sha), "patch": f.patch(),
	}
}

// changes are the files that commits change together, the last word on each.
func (s *Server) changes(shas []string) []FileChange {
	var out []FileChange
	at := map[string]int{}
	for _, sha := range shas {
		c := s.commits.get(sha)
		if c == nil {
			continue
		}
		for _, f := range c.Files {
			if i, known := at[f.Path]; known {
				out[i].Text = f.Text
				continue
			}
			at[f.Path] = len(out)
			out = append(out, f)
		}
	}
	return out
}

func (s *Server) email(login string) string {
	if a := s.account(login); a != nil {
		return fmt.Sprintf("%d+%s@users.noreply.github.com", a.ID, a.Login)
	}
	return "noreply@github.com"
}

func (s *Server) fullName(login string) string {
	if a := s.account(login); a != nil && a.Name != "" {
		return a.Name
	}
	return login
}

// signature is who wrote a commit, as git tells it.
func (s *Server) signature(c *Commit) object {
	return object{"name": s.fullName(c.Author), "email": s.email(c.Author), "date": stamp(c.At)}
}

// showCommit is how a commit looks in a list; whole adds its files.
func (s *Server) showCommit(r *Repo, c *Commit, whole bool) object {
	url := s.repoURL(r)
	parents := []object{}
	for _, p := range c.Parents {
		parents = append(parents, object{"sha": p, "url": url + "/commits/" + p, "html_url": s.commitPage(r, p)})
	}
	verification := object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil}
	out := object{
		"sha": c.SHA, "node_id": nodeID("C", c.Serial),
		"commit": object{
			"author": s.signature(c), "committer": s.signature(c), "message": c.Message,
			"tree": object{"sha": c.Tree, "url": url + "/git/trees/" + c.Tree}, "url": url + "/git/commits/" + c.SHA,
			"comment_count": 0, "verification": verification,
		},
		"url": url + "/commits/" + c.SHA, "html_url": s.commitPage(r, c.SHA), "comments_url": url + "/commits/" + c.SHA + "/comments",
		"author": s.showLogin(c.Author), "committer": s.showLogin(c.Author), "parents": parents,
	}
	if !whole {
		return out
	}
	files, added, removed := []object{}, 0, 0
	for _, f := range c.Files {
		plus, minus := f.lines()
		added, removed = added+plus, removed+minus
		files = append(files, s.showFile(r, c.SHA, f))
	}
	out["files"] = files
	out["stats"] = object{"total": added + removed, "additions": added, "deletions": removed}
	return out
}

func (s *Server) commitPage(r *Repo, sha string) string {
	return s.base + "/" + r.FullName() + "/commit/" + sha
}

// pushedCommit is how a commit looks in a push.
func (s *Server) pushedCommit(r *Repo, c *Commit) object {
	who := object{"name": s.fullName(c.Author), "email": s.email(c.Author), "username": c.Author}
	kinds := map[string][]string{"added": {}, "removed": {}, "modified": {}}
	for _, f := range c.Files {
		kinds[f.Status] = append(kinds[f.Status], f.Path)
	}
	return object{
		"id": c.SHA, "tree_id": c.Tree, "distinct": true, "message": c.Message, "timestamp": stamp(c.At),
		"url": s.commitPage(r, c.SHA), "author": who, "committer": who, "added": kinds["added"], "removed": kinds["removed"],
		"modified": kinds["modified"],
	}
}
