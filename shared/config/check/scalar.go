package check

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/schema"
	"github.com/handsoff/handsoff/shared/near"
)

// scalar checks a text, a number or a truth. Where a text may stand, whatever is written is one.
func (w *walker) scalar(node *yaml.Node, as *schema.Schema, path string) {
	tag := node.ShortTag()
	isNumber := tag == "!!int" || tag == "!!float"
	switch {
	case len(as.Type) == 0:
	case isNumber && (as.Type.Has("integer") && tag == "!!int" || as.Type.Has("number")):
		w.number(node, as, path)
	case as.Type.Has("boolean") && truth(node.Value):
	case as.Type.Has("string"):
		w.text(node, as, path)
	case as.Type.Has("integer"):
		w.complainf(node, path, "%s is not a whole number", config.Shown(path, node))
	case as.Type.Has("number"):
		w.complainf(node, path, "%s is not a number", config.Shown(path, node))
	case as.Type.Has("boolean"):
		w.complainf(node, path, "%s is not true or false", config.Shown(path, node))
	default:
		w.complainf(node, path, "%s", expected(as))
	}
}

// truth reports whether a word is read as true or false.
func truth(word string) bool {
	return slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(word))
}

func (w *walker) number(node *yaml.Node, as *schema.Schema, path string) {
	var value float64
	if err := node.Decode(&value); err != nil {
		w.complainf(node, path, "%s is not a number", config.Shown(path, node))
		return
	}
	below, above := as.Minimum != nil && value < *as.Minimum, as.Maximum != nil && value > *as.Maximum
	switch {
	case (below || above) && as.Title != "":
		w.complainf(node, path, "%s is not %s", config.Shown(path, node), as.Title)
	case below:
		w.complainf(node, path, "%.60s is less than %s", node.Value, plain(*as.Minimum))
	case above:
		w.complainf(node, path, "%.60s is more than %s", node.Value, plain(*as.Maximum))
	}
}

func plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func (w *walker) text(node *yaml.Node, as *schema.Schema, path string) {
	switch {
	case len(as.Enum) > 0:
		w.choice(node, as, path)
		return
	case as.Pattern != "" && !matches(as.Pattern, node.Value):
		w.complainf(node, path, "%s is not %s", config.Shown(path, node), orText(as.Title, "of the form "+as.Pattern))
		return
	case utf8.RuneCountInString(node.Value) < as.MinLength:
		w.complainf(node, path, "it is empty")
		return
	case as.MaxLength > 0 && utf8.RuneCountInString(node.Value) > as.MaxLength:
		w.complainf(node, path, "it is longer than %d letters", as.MaxLength)
		return
	}
	w.time(node, as, path)
	names := as.Names
	if names == "" && as.Type.Has("array") && as.Items != nil { // one alone, where several may be
		names = as.Items.Resolve().Names
	}
	w.reference(node, names, path)
}

// time checks how long something may last. What is 0 is as usual.
func (w *walker) time(node *yaml.Node, as *schema.Schema, path string) {
	lasts, err := time.ParseDuration(node.Value)
	if err != nil || lasts == 0 {
		return
	}
	if least, err := time.ParseDuration(as.Least); err == nil && lasts < least {
		w.complainf(node, path, "%s is less than %s", node.Value, as.Least)
	}
	if most, err := time.ParseDuration(as.Most); err == nil && lasts > most {
		w.complainf(node, path, "%s is more than %s", node.Value, as.Most)
	}
}

func (w *walker) choice(node *yaml.Node, as *schema.Schema, path string) {
	var words []string
	for _, value := range as.Enum {
		if word := fmt.Sprint(value); word == node.Value {
			return
		} else if word != "" {
			words = append(words, word)
		}
	}
	w.add(node, path, near.Names(node.Value, words), config.Shown(path, node)+" is none of "+chat.Series(words, "and"))
}

// patterns are the schema's, compiled once each.
var patterns sync.Map

func matches(pattern, text string) bool {
	compiled, ok := patterns.Load(pattern)
	if !ok {
		compiled, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	expression, _ := compiled.(*regexp.Regexp)
	return expression.MatchString(text)
}

// below is the name of something within something, "jenkins" and "url".
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// orElse is a text with what goes before it; nothing when there is no text.
func orElse(before, text string) string {
	if text == "" {
		return ""
	}
	return before + text
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
