package gerrit

import (
	"strconv"

	"github.com/handsoff/handsoff/shared/payload"
)

// object is a JSON object of an event, as [payload.Decode] has it.
type object map[string]any

// value reads a field; nil when it is not there, or cannot be read.
func value(field string) any {
	if field == "" {
		return nil
	}
	v, err := payload.DecodeText(field)
	if err != nil {
		return nil
	}
	return v
}

// textOf is a field that is a text; empty when it is none.
func textOf(field string) string {
	text, _ := value(field).(string)
	return text
}

// objectOf is a field that is an object; nil when it is none.
func objectOf(field string) object {
	o, _ := value(field).(map[string]any)
	return o
}

// text is a text of that name; empty when there is none.
func (o object) text(name string) string {
	text, _ := o[name].(string)
	return text
}

// integer is a number of that name, which older Gerrits write as a text; 0 when there is none, or one below that.
func (o object) integer(name string) int {
	switch v := o[name].(type) {
	case int:
		return max(v, 0)
	case string:
		n, err := strconv.Atoi(v)
		if err != nil {
			return 0
		}
		return max(n, 0)
	}
	return 0
}
