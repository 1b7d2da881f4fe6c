package gerrit

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// operator reads one "name:value", or a word that stands alone.
func (p *parser) operator(word string) (predicate, error) {
	name, value, ok := strings.Cut(word, ":")
	if !ok {
		return alone(word), nil
	}
	switch name {
	case "status", "is":
		return p.is(name, value)
	case "project", "p", "repository", "repo", "r":
		if name == "r" {
			return p.reviewer(value)
		}
		return matching(value, func(c *Change) string { return c.Project })
	case "projects", "prefix":
		return func(c *Change) bool { return strings.HasPrefix(c.Project, value) }, nil
	case "branch":
		value = strings.Replace(value, refHeads, "", 1)
		return matching(value, func(c *Change) string { return c.Branch })
	case "ref":
		return matching(value, func(c *Change) string { return refHeads + c.Branch })
	case "topic":
		return matching(value, func(c *Change) string { return c.Topic })
	case "intopic":
		return func(c *Change) bool { return strings.Contains(c.Topic, value) }, nil
	case "hashtag", "inhashtag":
		return hashtag(name, value), nil
	case "owner", "o", "uploader", "author":
		return p.owner(value)
	case "reviewer", "cc", "reviewerin":
		return p.reviewer(value)
	case "change":
		return changeNamed(value), nil
	case "commit":
		return func(c *Change) bool { return c.hasCommit(value) }, nil
	case "message", "m", "subject":
		return func(c *Change) bool { return contains(c.Current().Message, value) }, nil
	case "file", "f", "path":
		return file(name, value)
	case "label":
		return p.label(value)
	case "after", "since", "before", "until", "mergedafter", "mergedbefore":
		return moment(name, value)
	case "age":
		return p.age(value)
	case "limit":
		n, err := strconv.Atoi(value)
		if err != nil || n <= 0 {
			return nil, badRequest("Invalid limit: %s", value)
		}
		p.limit = n
		return func(*Change) bool { return true }, nil
	}
	return nil, badRequest("Unsupported operator %s", word)
}

// ofChange is what can only name a change: a number, or a Change-Id.
var ofChange = regexp.MustCompile(`^([1-9]\d*|[iI][0-9a-f]{4,40}|[^~]+~[^~]+~I[0-9a-f]{40})$`)

// alone is a word without an operator: a change, else a commit or something in the text.
func alone(word string) predicate {
	if ofChange.MatchString(word) {
		return changeNamed(word)
	}
	return func(c *Change) bool {
		return (len(word) >= 7 && c.hasCommit(word)) || contains(c.Current().Message, word) || contains(c.Project, word)
	}
}

// changeNamed is the change of a number, or those of a Change-Id, or of project~branch~Change-Id.
func changeNamed(name string) predicate {
	n, err := strconv.Atoi(name)
	return func(c *Change) bool {
		return (err == nil && c.Number == n) || (len(name) > 4 && strings.HasPrefix(c.Key, name)) || c.triplet() == name
	}
}

func (c *Change) triplet() string { return c.Project + "~" + c.Branch + "~" + c.Key }

func (c *Change) hasCommit(sha string) bool {
	return slices.ContainsFunc(c.PatchSets, func(p PatchSet) bool { return strings.HasPrefix(p.Revision, sha) }) ||
		(c.NewRev != "" && strings.HasPrefix(c.NewRev, sha))
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// matching compares with a value, or with a regular expression that begins with "^".
func matching(value string, of func(*Change) string) (predicate, error) {
	if !strings.HasPrefix(value, "^") {
		return func(c *Change) bool { return of(c) == value }, nil
	}
	pattern, err := regexp.Compile("^(?:" + strings.TrimPrefix(value, "^") + ")$")
	if err != nil {
		return nil, badRequest("invalid regular expression: %s", value)
	}
	return func(c *Change) bool { return pattern.MatchString(of(c)) }, nil
}

func hashtag(name, value string) predicate {
	value = strings.TrimPrefix(value, "#")
	return func(c *Change) bool {
		return slices.ContainsFunc(c.Hashtags, func(t string) bool {
			return strings.EqualFold(t, value) || (name == "inhashtag" && contains(t, value))
		})
	}
}

func file(name, value string) (predicate, error) {
	if form, ok := strings.CutPrefix(value, "^"); ok {
		pattern, err := regexp.Compile("^(?:" + form + ")$")
		if err != nil {
			return nil, badRequest("invalid regular expression: %s", value)
		}
		return func(c *Change) bool {
			return slices.ContainsFunc(c.Current().Files, func(f File) bool { return pattern.MatchString(f.Path) })
		}, nil
	}
	return func(c *Change) bool {
		return slices.ContainsFunc(c.Current().Files, func(f File) bool {
			return f.Path == value || (name != "path" && slices.Contains(strings.Split(f.Path, "/"), value))
		})
	}, nil
}

// is are the states.
func (p *parser) is(name, value string) (predicate, error) {
	status := map[string]Status{"merged": StatusMerged, "abandoned": StatusAbandoned, "new": StatusNew, "open": StatusNew, "pending": StatusNew}
	switch {
	case status[value] != "":
		return func(c *Change) bool { return c.Status == status[value] }, nil
	case value == "closed":
		return func(c *Change) bool { return c.Status != StatusNew }, nil
	case name == "status":
		return nil, badRequest("Unknown status: %s", value)
	case value == "wip":
		return func(c *Change) bool { return c.WIP }, nil
	case value == "private":
		return func(c *Change) bool { return c.Private }, nil
	case value == "submittable":
		return func(c *Change) bool { return c.Status == StatusNew && !c.WIP && c.lacks() == "" }, nil
	case value == "owner":
		return p.owner("self")
	case value == "reviewer":
		return p.reviewer("self")
	case value == "mergeable":
		return func(c *Change) bool { return c.Status == StatusNew }, nil
	}
	return nil, badRequest("'is:%s' operator is not supported", value)
}

// person is the account that a query names.
func (p *parser) person(name string) (*Account, error) {
	if name == "self" || name == "me" {
		if p.who == nil {
			return nil, badRequest("Must be signed-in to use 'self' or 'me'")
		}
		return p.who, nil
	}
	if a := p.s.account(name); a != nil {
		return a, nil
	}
	return nil, badRequest("Account '%s' not found", name)
}

func (p *parser) owner(name string) (predicate, error) {
	a, err := p.person(name)
	if err != nil {
		return nil, err
	}
	return func(c *Change) bool { return c.Owner == a.ID }, nil
}

func (p *parser) reviewer(name string) (predicate, error) {
	a, err := p.person(name)
	if err != nil {
		return nil, err
	}
	return func(c *Change) bool { return slices.Contains(c.Reviewers, a.ID) || slices.Contains(c.CC, a.ID) }, nil
}
