package github

import (
	"strconv"
	"strings"
)

// scheme begins every address of GitHub.
const scheme = "github:"

const (
	longestName   = 100 // of an owner or a repository; GitHub allows 39 and 100, and enterprises' accounts are longer
	longestNumber = 19  // digits
	sha1Digits    = 40
	sha256Digits  = 64
)

// Place is where something is shown at GitHub: a repository, and in it an issue or pull request, a commit, a comment; each
// of these may lack. Its zero value is nowhere.
type Place struct {
	Owner   string
	Repo    string
	Number  int    // of the issue or pull request; 0 for none
	SHA     string // of the commit, all of it; empty for none
	Comment int64  // the comment that asked; 0 for none
	Review  bool   // Comment is one on a line of a pull request's files: GitHub numbers those by themselves
}

// ParsePlace reads an address, "github:acme/app#12@<sha>~<comment>" with r before the number of a comment on a line;
// false when it is none of GitHub.
func ParsePlace(address string) (Place, bool) {
	rest, ok := strings.CutPrefix(address, scheme)
	if !ok {
		return Place{}, false
	}
	var p Place
	rest, comment, commented := strings.Cut(rest, "~")
	rest, sha, hasSHA := strings.Cut(rest, "@")
	rest, number, numbered := strings.Cut(rest, "#")
	p.Owner, p.Repo, ok = strings.Cut(rest, "/")
	if !ok || !IsOwner(p.Owner) || !IsRepo(p.Repo) || (hasSHA && !IsSHA(sha)) {
		return Place{}, false
	}
	p.SHA = sha
	if numbered {
		n, ok := positive(number)
		if p.Number = int(n); !ok {
			return Place{}, false
		}
	}
	if commented {
		comment, p.Review = strings.CutPrefix(comment, "r")
		if p.Comment, ok = positive(comment); !ok {
			return Place{}, false
		}
	}
	return p, true
}

// Address writes a place as an address that follows jobs; empty for nowhere. Names are in lower case, since GitHub does not
// tell cases apart.
func (p Place) Address() string {
	if p.Owner == "" || p.Repo == "" {
		return ""
	}
	text := p.Subject()
	if p.SHA != "" {
		text += "@" + strings.ToLower(p.SHA)
	}
	if p.Comment > 0 {
		text += "~"
		if p.Review {
			text += "r"
		}
		text += strconv.FormatInt(p.Comment, 10)
	}
	return text
}

// Subject is what an event about the place is about: "github:acme/app#12" for an issue or a pull request, else
// "github:acme/app".
func (p Place) Subject() string {
	text := scheme + strings.ToLower(p.Owner+"/"+p.Repo)
	if p.Number > 0 {
		text += "#" + strconv.Itoa(p.Number)
	}
	return text
}

// IsOwner reports whether text can be the login of a person or an organisation.
func IsOwner(text string) bool {
	return text != "" && len(text) <= longestName && text[0] != '-' && only(text, "-_")
}

// IsRepo reports whether text can be the name of a repository, without its owner.
func IsRepo(text string) bool {
	return text != "" && len(text) <= longestName && text != "." && text != ".." && only(text, "-_.")
}

// IsSHA reports whether text is a commit's full SHA.
func IsSHA(text string) bool {
	return (len(text) == sha1Digits || len(text) == sha256Digits) && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// only reports whether text is made of letters, digits and a few others.
func only(text, others string) bool {
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

// positive reads a number from 1 on, written as a program writes it.
func positive(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0 && len(text) <= longestNumber && text[0] != '0' && text[0] != '+'
}
