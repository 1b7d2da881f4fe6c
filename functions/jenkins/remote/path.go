package remote

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean checks a job's full name, "demo/slow", and gives it its one spelling. It also takes "/demo/slow/" and the
// form of Jenkins' addresses, "job/demo/job/slow".
func Clean(name string) (string, error) {
	segments := strings.Split(strings.Trim(name, "/"), "/")
	if stripped, ok := withoutJobWords(segments); ok {
		segments = stripped
	}
	for _, segment := range segments {
		if !goodSegment(segment) {
			return "", errors.New("a job's name looks like folder/name")
		}
	}
	return strings.Join(segments, "/"), nil
}

func goodSegment(segment string) bool {
	if segment == "" || segment == "." || segment == ".." || len(segment) > 256 || !utf8.ValidString(segment) {
		return false
	}
	return strings.IndexFunc(segment, unicode.IsControl) < 0
}

// withoutJobWords turns job/demo/job/slow into demo/slow.
func withoutJobWords(segments []string) ([]string, bool) {
	if len(segments) < 2 || len(segments)%2 != 0 {
		return nil, false
	}
	var rest []string
	for i := 0; i < len(segments); i += 2 {
		if segments[i] != "job" {
			return nil, false
		}
		rest = append(rest, segments[i+1])
	}
	return rest, true
}

// Path is where a job lives below Jenkins' root: "/job/demo/job/slow".
func Path(name string) string {
	if name == "" {
		return ""
	}
	var path strings.Builder
	for segment := range strings.SplitSeq(name, "/") {
		path.WriteString("/job/" + url.PathEscape(segment))
	}
	return path.String()
}

// BuildPath is where a build lives below Jenkins' root.
func BuildPath(name string, number int64) string {
	return Path(name) + "/" + strconv.FormatInt(number, 10)
}

// nameOf finds a job's full name in an address of Jenkins, whatever host and context path stand before it.
func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	path := u.EscapedPath()
	start := strings.Index(path, "/job/")
	if start < 0 {
		return ""
	}
	var names []string
	segments := strings.Split(strings.Trim(path[start:], "/"), "/")
	for i := 0; i+1 < len(segments) && segments[i] == "job"; i += 2 {
		name, err := url.PathUnescape(segments[i+1])
		if err != nil {
			return ""
		}
		names = append(names, name)
	}
	return strings.Join(names, "/")
}
