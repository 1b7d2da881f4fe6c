package chat

import "strings"

// Sheet is a list of names and values, such as all that is known of a job. The zero value is empty.
type Sheet struct{ rows [][]string }

// Add adds a line unless value is empty. A value of several lines stays in its column.
func (s *Sheet) Add(name, value string) {
	if value == "" {
		return
	}
	for i, text := range strings.Split(value, "\n") {
		if i > 0 {
			name = ""
		}
		s.rows = append(s.rows, []string{"  " + name, text})
	}
}

// String is the sheet, the values aligned.
func (s *Sheet) String() string { return Table(s.rows) }
