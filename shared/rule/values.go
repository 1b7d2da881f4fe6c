package rule

import (
	"math"
	"time"
)

// asTruth is what a value says where yes or no is asked: nothing, an empty text, zero and an empty list are no.
func asTruth(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case map[string]any:
		return len(v) > 0
	}
	if n, ok := number(value); ok {
		return n != 0
	}
	if l, ok := elements(value); ok {
		return l.len() > 0
	}
	return true
}

// kindOf names what a value is, for people.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "nothing"
	case bool:
		return "true or false"
	case string:
		return "a text"
	case map[string]any:
		return "a map"
	case time.Time:
		return "a time"
	case time.Duration:
		return "a duration"
	}
	if _, ok := number(value); ok {
		return "a number"
	}
	if _, ok := elements(value); ok {
		return "a list"
	}
	return "a value of another kind"
}

// member is what a map or a list holds there; nil when it does not.
func member(of, at any) any {
	switch held := of.(type) {
	case map[string]any:
		name, _ := at.(string)
		return held[name]
	case time.Time:
		name, _ := at.(string)
		return part(held, name)
	case nil, string:
		return nil
	}
	list, ok := elements(of)
	place, whole := whole(at)
	if !ok || !whole {
		return nil
	}
	if place < 0 {
		place += list.len()
	}
	if place < 0 || place >= list.len() {
		return nil
	}
	return list.at(place)
}

// part is a part of a time, in its own zone.
func part(at time.Time, name string) any {
	switch name {
	case "year":
		return at.Year()
	case "month":
		return int(at.Month())
	case "day":
		return at.Day()
	case "hour":
		return at.Hour()
	case "minute":
		return at.Minute()
	case "weekday":
		return at.Weekday().String()
	case "unix":
		return int(at.Unix())
	}
	return nil
}

// whole is a value as an index.
func whole(value any) (int, bool) {
	n, ok := number(value)
	return int(n), ok && n == math.Trunc(n) && math.Abs(n) < 1<<31
}

// number is a value as a number.
func number(value any) (float64, bool) {
	switch n := value.(type) {
	case int:
		return float64(n), true
	case float64:
		return n, true
	case int64:
		return float64(n), true
	}
	return 0, false
}
