package rule

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDepth is how deeply nested a value may be that is written or compared.
const maxDepth = 100

// made is a text being made, no longer than may be.
type made struct {
	b     strings.Builder
	meter *meter
	err   error
}

func (w *made) done() (string, error) { return w.b.String(), w.err }

func (w *made) text(text string) {
	switch {
	case w.err != nil:
	case w.b.Len()+len(text) > maxMade:
		w.err = errMade
	default:
		w.err = w.meter.spend(plainly(text))
		w.b.WriteString(text)
	}
}

// value writes a value as people read it: nothing is empty, a list's elements stand behind commas, a map is JSON.
func (w *made) value(value any, depth int) {
	switch v := value.(type) {
	case nil:
		return
	case string:
		w.text(v)
		return
	case map[string]any:
		w.json(v, depth)
		return
	}
	all, ok := elements(value)
	if !ok {
		w.text(scalarText(value))
		return
	}
	if depth > maxDepth {
		w.err = errMade
	}
	for i := 0; i < all.len() && w.err == nil; i++ {
		if i > 0 {
			w.text(", ")
		}
		w.value(all.at(i), depth+1)
	}
}

// scalarText is a number, a time and the like as people read it.
func scalarText(value any) string {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatInt(int64(v), 10)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04:05 UTC")
	case time.Duration:
		return v.String()
	}
	return fmt.Sprintf("(%s)", kindOf(value))
}

// json writes a value as JSON, on one line, names in order.
func (w *made) json(value any, depth int) {
	if depth > maxDepth {
		w.err = errMade
	}
	if w.err != nil {
		return
	}
	if held, ok := value.(map[string]any); ok {
		w.object(held, depth)
		return
	}
	all, ok := elements(value)
	if !ok {
		w.scalarJSON(value)
		return
	}
	w.text("[")
	for i := 0; i < all.len() && w.err == nil; i++ {
		if i > 0 {
			w.text(",")
		}
		w.json(all.at(i), depth+1)
	}
	w.text("]")
}

func (w *made) object(held map[string]any, depth int) {
	if w.err = w.meter.spend(len(held)); w.err != nil {
		return
	}
	w.text("{")
	for i, name := range slices.Sorted(maps.Keys(held)) {
		if i > 0 {
			w.text(",")
		}
		w.scalarJSON(name)
		w.text(":")
		w.json(held[name], depth+1)
		if w.err != nil {
			return
		}
	}
	w.text("}")
}

func (w *made) scalarJSON(value any) {
	if text, ok := value.(string); ok && len(text) > maxMade {
		w.err = errMade
		return
	}
	if at, ok := value.(time.Duration); ok {
		value = at.String()
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		w.err = fmt.Errorf("%s cannot be written as JSON", kindOf(value))
		return
	}
	w.text(strings.TrimSuffix(b.String(), "\n"))
}
