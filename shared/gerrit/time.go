package gerrit

import (
	"encoding/json"
	"fmt"
	"time"
)

// timeForm is how REST writes times, always in UTC
// (https://gerrit-review.googlesource.com/Documentation/rest-api.html#timestamp).
const timeForm = "2006-01-02 15:04:05.999999999"

// Time is a time as REST writes it. The zero time stands for none.
type Time struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (t *Time) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("a time: %w", err)
	}
	if s == "" {
		*t = Time{}
		return nil
	}
	at, err := time.Parse(timeForm, s)
	if err != nil {
		return fmt.Errorf("a time: %w", err)
	}
	t.Time = at
	return nil
}

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte(`""`), nil
	}
	return []byte(t.UTC().Format(`"2006-01-02 15:04:05.000000000"`)), nil
}
