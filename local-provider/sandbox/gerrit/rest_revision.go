package gerrit

import (
	"strconv"
	"strings"
)

// A revisionInfo is a patch set as REST shows it.
type revisionInfo struct {
	Kind     string              `json:"kind"`
	Number   int                 `json:"_number"`
	Created  stamp               `json:"created"`
	Uploader *accountInfo        `json:"uploader"`
	Ref      string              `json:"ref"`
	Fetch    map[string]fetch    `json:"fetch"`
	Branch   string              `json:"branch"`
	Commit   *commitInfo         `json:"commit,omitempty"`
	Files    map[string]fileInfo `json:"files,omitempty"`
}

type fetch struct {
	URL string `json:"url"`
	Ref string `json:"ref"`
}

type commitInfo struct {
	Commit    string       `json:"commit,omitempty"`
	Parents   []parentInfo `json:"parents"`
	Author    identity     `json:"author"`
	Committer identity     `json:"committer"`
	Subject   string       `json:"subject"`
	Message   string       `json:"message"`
}

type parentInfo struct {
	Commit  string `json:"commit"`
	Subject string `json:"subject,omitempty"`
}

type identity struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Date  stamp  `json:"date"`
	Zone  int    `json:"tz"`
}

type fileInfo struct {
	Status    string `json:"status,omitempty"`
	OldPath   string `json:"old_path,omitempty"`
	Inserted  int    `json:"lines_inserted,omitempty"`
	Deleted   int    `json:"lines_deleted,omitempty"`
	SizeDelta int    `json:"size_delta"`
	Size      int    `json:"size"`
}

// addRevisions shows the patch sets that the options ask for.
func (s *Server) addRevisions(out *changeInfo, c *Change, o options) {
	all := o.has("ALL_REVISIONS", "ALL_COMMITS", "ALL_FILES")
	if !all && !o.has("CURRENT_REVISION", "CURRENT_COMMIT", "CURRENT_FILES") {
		return
	}
	out.Current, out.Revisions = c.Current().Revision, map[string]*revisionInfo{}
	for i := range c.PatchSets {
		p := &c.PatchSets[i]
		current := p == c.Current()
		if !current && !all {
			continue
		}
		r := s.revisionInfo(c, p, o.has("DETAILED_ACCOUNTS"))
		if o.has("ALL_COMMITS") || (current && o.has("CURRENT_COMMIT")) {
			r.Commit = s.commitInfo(c, p, false)
		}
		if o.has("ALL_FILES") || (current && o.has("CURRENT_FILES")) {
			r.Files = p.fileInfos()
			delete(r.Files, "/COMMIT_MSG")
		}
		out.Revisions[p.Revision] = r
	}
}

func (s *Server) revisionInfo(c *Change, p *PatchSet, detailed bool) *revisionInfo {
	ref := c.ref(strconv.Itoa(p.Number))
	return &revisionInfo{
		Kind: p.Kind, Number: p.Number, Created: stamp(p.Created), Uploader: s.accountInfo(p.Uploader, detailed), Ref: ref,
		Fetch: map[string]fetch{"anonymous http": {s.base + "/" + c.Project, ref}}, Branch: refHeads + c.Branch,
	}
}

func (s *Server) commitInfo(c *Change, p *PatchSet, named bool) *commitInfo {
	by := func(id int) identity {
		a := s.accountInfo(id, true)
		return identity{Name: a.Name, Email: a.Email, Date: stamp(p.Created)}
	}
	subject, _, _ := strings.Cut(p.Message, "\n")
	out := &commitInfo{
		Parents: []parentInfo{{Commit: p.Parent}}, Author: by(c.Owner), Committer: by(p.Uploader), Subject: subject, Message: p.Message,
	}
	if named {
		out.Commit = p.Revision
	}
	return out
}

// bytesALine is how long a line of the files that never were is.
const bytesALine = 30

func (p *PatchSet) fileInfos() map[string]fileInfo {
	out := map[string]fileInfo{"/COMMIT_MSG": {
		Status: "A", Inserted: lines(p.Message) + 6, SizeDelta: len(p.Message), Size: len(p.Message),
	}}
	for _, f := range p.Files {
		delta := (f.Insertions - f.Deletions) * bytesALine
		out[f.Path] = fileInfo{
			Status: f.Status, OldPath: f.Old, Inserted: f.Insertions, Deleted: f.Deletions, SizeDelta: delta, Size: max(delta, 0) + 1000,
		}
	}
	return out
}
