package exposition_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// family is a metric as a strict reader of the text format takes it.
type family struct {
	kind    string
	samples map[string]float64 // by name and sorted labels, as key writes them
}

var (
	commentLine = regexp.MustCompile(`^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$`)
	sampleLine  = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)
	labelPart   = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)`)
	unescape    = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n")
)

// parse reads a page. Each family has HELP, then TYPE, then all its samples, and no sample comes twice.
func parse(text string) (map[string]*family, error) {
	found := make(map[string]*family)
	var name, help string
	for line := range strings.Lines(text) {
		line, ended := strings.CutSuffix(line, "\n")
		if !ended {
			return nil, fmt.Errorf("%q has no end", line)
		}
		if m := commentLine.FindStringSubmatch(line); m != nil {
			switch {
			case m[1] == "HELP" && found[m[2]] == nil:
				help = m[2]
			case m[1] == "TYPE" && m[2] == help && found[m[2]] == nil:
				name = m[2]
				found[name] = &family{kind: m[3], samples: make(map[string]float64)}
			default:
				return nil, fmt.Errorf("%q is out of place", line)
			}
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil || found[name] == nil || !belongs(found[name].kind, name, m[1]) {
			return nil, fmt.Errorf("%q is no sample of %s", line, name)
		}
		labels, err := labelsOf(m[2])
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		id := key(m[1], labels...)
		if _, twice := found[name].samples[id]; twice {
			return nil, fmt.Errorf("%q comes twice", line)
		}
		found[name].samples[id] = value
	}
	return found, nil
}

func belongs(kind, name, sample string) bool {
	if kind != "histogram" {
		return sample == name && (kind == "counter") == strings.HasSuffix(name, "_total")
	}
	return sample == name+"_bucket" || sample == name+"_sum" || sample == name+"_count"
}

func labelsOf(text string) ([]string, error) {
	var labels []string
	for text != "" {
		m := labelPart.FindStringSubmatch(text)
		if m == nil {
			return nil, fmt.Errorf("%q are no labels", text)
		}
		labels = append(labels, m[1]+"="+unescape.Replace(m[2]))
		text = text[len(m[0]):]
	}
	return labels, nil
}

func key(name string, labels ...string) string { return name + "\x00" + strings.Join(labels, "\x00") }
