package exchange

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
)

// track is a name of a track as we take it: the same one wherever it stands.
func (r *reader) track(name, path string) string {
	low := gathering.Key(name)
	if fit, known := r.names[low]; known {
		if gathering.Key(fit) == low {
			return name
		}
		return fit
	}
	fit := name
	if gathering.CheckTrack(name) != nil {
		fit = gathering.FitTrack(name)
		for n, base := 2, fit; r.keys[gathering.Key(fit)]; n++ {
			suffix := fmt.Sprint("-", n)
			fit = strings.TrimRight(base[:min(len(base), gathering.MaxTrack-len(suffix))], "-") + suffix
		}
		r.amendf(path, "'%s' is taken as the track %s", short(name), fit)
	}
	r.names[low], r.keys[gathering.Key(fit)] = fit, true
	return fit
}

// sentence is a text; one that is too long is cut.
func (r *reader) sentence(v value, path string) string {
	if !r.is(v, text, path) {
		return ""
	}
	fit := gathering.FitText(v.text)
	if fit != chat.OneLine(v.text) {
		r.amendf(path, "has %d bytes; the first %d are taken", len(v.text), len(fit))
	}
	return fit
}

// name is one of a day, a room or a person; empty, and told of, where nothing is left of it.
func (r *reader) name(name, path string) string {
	fit := gathering.FitName(name)
	switch {
	case fit == "":
		r.leavef("%s: it has no name.", path)
	case short(fit) == short(name) && fit != name:
		r.amendf(path, "'%s' is taken without what is not seen of it", short(fit))
	case fit != name:
		r.amendf(path, "'%s' is taken as '%s'", short(name), short(fit))
	}
	return fit
}

// fitting is a text that is left out where a check refuses it, and may be empty.
func (r *reader) fitting(v value, path string, check func(string) (string, error)) string {
	if !r.is(v, text, path) || v.text == "" {
		return ""
	}
	checked, err := check(v.text)
	if err != nil {
		r.leavef("%s: %s.", path, err)
		return ""
	}
	return checked
}

func (r *reader) address(v value, path string) string { return r.fitting(v, path, gathering.CheckURL) }

func (r *reader) color(v value, path string) string { return r.fitting(v, path, gathering.CheckColor) }

// short is somebody's text within a sentence of ours.
func short(text string) string { return at("", text) }
