package main

import (
	"errors"
	"path"
	"strings"
)

// glob is a pattern over a job's full name: within a folder as path.Match has it (* ? [a-z]), and ** for any number of
// folders, also none. "demo/*" is what stands in demo, "demo/**" also what stands deeper.
type glob struct {
	text     string
	segments []string
}

const maxGlobSegments = 32

func parseGlob(text string) (glob, error) {
	segments := strings.Split(text, "/")
	if len(segments) > maxGlobSegments {
		return glob{}, errors.New("a pattern has at most 32 parts")
	}
	var kept []string
	for i, segment := range segments {
		if segment == "" {
			return glob{}, errors.New("a pattern looks like folder/name, demo/* or demo/**")
		}
		if segment == "**" && i > 0 && segments[i-1] == "**" {
			continue
		}
		if _, err := path.Match(segment, ""); err != nil {
			return glob{}, errors.New("a bracket in the pattern is not closed")
		}
		kept = append(kept, segment)
	}
	return glob{text: text, segments: kept}, nil
}

// match reports whether the whole name fits. Its time grows with the product of both lengths, not faster.
func (g glob) match(name string) bool {
	names := strings.Split(name, "/")
	// fits[j] says whether the pattern's parts so far fit the first j names.
	fits := make([]bool, len(names)+1)
	fits[0] = true
	for _, segment := range g.segments {
		fits = advance(fits, segment, names)
	}
	return fits[len(names)]
}

func advance(fits []bool, segment string, names []string) []bool {
	next := make([]bool, len(fits))
	if segment == "**" {
		for j := range fits {
			next[j] = fits[j] || (j > 0 && next[j-1])
		}
		return next
	}
	for j, name := range names {
		if !fits[j] {
			continue
		}
		ok, err := path.Match(segment, name)
		next[j+1] = err == nil && ok
	}
	return next
}
