package chat

import (
	"fmt"
	"strings"
)

// Bar draws how far something has come: "[########------------] 40 %". It is empty for a percentage below 0, which means
// that nobody knows.
func Bar(percent, cells int) string {
	if percent < 0 {
		return ""
	}
	percent = min(percent, 100)
	done := percent * cells / 100
	return fmt.Sprintf("[%s%s] %d %%", strings.Repeat("#", done), strings.Repeat("-", cells-done), percent)
}
