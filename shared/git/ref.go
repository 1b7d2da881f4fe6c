package git

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Where branches and tags are among a repository's refs.
const (
	Heads = "refs/heads/"
	Tags  = "refs/tags/"
)

const (
	// maxRefName bounds a ref's name, in bytes.
	maxRefName = 255
	// maxRefs bounds the branches and tags of a repository that are looked at: a sync of ten thousand takes 19 MB at most, and a function has 40.
	maxRefs = 20_000
)

// Ref is a ref of a repository and what it points at.
type Ref struct {
	Name   string // in full: "refs/heads/main"
	Object string // the commit or the tag object, in hexadecimal
	Peeled string // the commit that an annotated tag is of; empty for all else
}

// Commit is the commit that the ref leads to.
func (r Ref) Commit() string {
	if r.Peeled != "" {
		return r.Peeled
	}
	return r.Object
}

// objectForm is an object's name in a repository of SHA-1 or of SHA-256.
var objectForm = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// IsObject reports whether a text is an object's full name.
func IsObject(text string) bool { return objectForm.MatchString(text) }

// CheckRef says what is wrong with the name of a ref, as git-check-ref-format(1) does, or nil. A name may be short
// ("main") or full.
func CheckRef(name string) error {
	switch {
	case name == "" || len(name) > maxRefName:
		return fmt.Errorf("a name of 1 to %d bytes is needed", maxRefName)
	case name == "@" || strings.Contains(name, "@{"):
		return errors.New("@ alone and @{ are no part of a name")
	case strings.HasPrefix(name, "-"):
		return errors.New("it begins with a hyphen")
	case strings.Contains(name, "..") || strings.HasSuffix(name, "."):
		return errors.New("it has two dots in a row, or ends with one")
	case strings.ContainsFunc(name, unfit):
		return errors.New("it has a space, a control character or one of ~^:?*[\\")
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return errors.New("a part of it is empty, begins with a dot or ends with .lock")
		}
	}
	return nil
}

func unfit(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`~^:?*[\`, r) }

// refList reads what git ls-remote prints, line by line. A server may say anything: what is no ref is an error.
type refList []Ref

func (l *refList) take(line string) error {
	refs := *l
	object, name, ok := strings.Cut(line, "\t")
	if !ok || !IsObject(object) {
		return fmt.Errorf("the server's list of refs has a line that is none: %s", quoted(line))
	}
	if tag, peeled := strings.CutSuffix(name, "^{}"); peeled {
		if len(refs) == 0 || refs[len(refs)-1].Name != tag {
			return fmt.Errorf("the server's list of refs has a tag's commit without the tag: %s", quoted(name))
		}
		refs[len(refs)-1].Peeled = strings.Clone(object) // not the whole line
		return nil
	}
	if err := CheckRef(name); err != nil {
		return fmt.Errorf("the server's list of refs has the name %s: %w", quoted(name), err)
	}
	if len(refs) == maxRefs {
		return fmt.Errorf("the server has more than %d branches and tags, and so many cannot be looked at at once", maxRefs)
	}
	*l = append(*l, Ref{Name: name, Object: object})
	return nil
}

// quoted shows what somebody else said, short and harmless.
func quoted(text string) string {
	const most = 80
	if len(text) > most {
		text = text[:most]
	}
	return strconv.QuoteToASCII(strings.TrimSpace(text))
}
