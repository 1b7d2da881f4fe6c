package check

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/config"
)

// Plain is a mistake as compilers write theirs: "file:3:5: key: what; perhaps you meant x".
func Plain(file string, m *config.Mistake) string {
	kind := ""
	if m.Warning {
		kind = "warning: "
	}
	return fmt.Sprintf("%s:%d:%d: %s%s", file, m.Line, m.Column, kind, m.Says())
}

// Told is a mistake in a sentence for people: "line 3, column 5: key: what; perhaps you meant x".
func Told(m *config.Mistake) string {
	text := m.String()
	if m.Warning {
		text += " (a warning)"
	}
	return text
}

// GitHub is a mistake as a workflow command, which GitHub shows at the line. Source:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
func GitHub(file string, m *config.Mistake) string {
	kind := "error"
	if m.Warning {
		kind = "warning"
	}
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	return fmt.Sprintf("::%s file=%s,line=%d,col=%d,title=%s::%s",
		kind, value.Replace(file), m.Line, m.Column, value.Replace("configuration"), message.Replace(m.Says()))
}
