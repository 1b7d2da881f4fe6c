package lineedit

import "strings"

// Style is a colour with a meaning.
type Style string

// The styles.
const (
	Plain   Style = ""
	Accent  Style = "1;36" // the prompt, a job's id
	Good    Style = "32"   // a job that succeeded
	Bad     Style = "31"   // a job that failed, a command that was refused
	Careful Style = "33"   // cancelled, unknown, a warning
	Quiet   Style = "2"    // what the gateway itself has to say
)

// Paint puts text into a style, where the terminal has colours.
func (s *Screen) Paint(style Style, text string) string {
	if !s.colour || style == Plain || text == "" {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + "\x1b[0m"
}

// Full and colourful terminals, by how the names of their types begin. What is not listed is treated as dumb.
var (
	full = []string{
		"xterm", "screen", "tmux", "rxvt", "linux", "vt1", "vt2", "vt3", "vt4", "vt5", "ansi", "putty", "konsole", "gnome",
		"alacritty", "kitty", "foot", "st-", "wezterm", "ghostty", "cygwin", "mintty", "eterm", "iterm", "contour", "vte", "cons25",
	}
	colourless = []string{"vt1", "vt2", "vt3", "vt4", "vt5", "-m", "-mono"}
)

// Terminal says what a terminal type, as TERM or RFC 1091 name it, can do.
func Terminal(name string) (mode Mode, colour bool) {
	known := name == "st"
	for _, prefix := range full {
		known = known || strings.HasPrefix(name, prefix)
	}
	if !known {
		return DumbMode, false
	}
	for _, part := range colourless {
		if strings.HasPrefix(name, part) || strings.HasSuffix(name, part) {
			return FullMode, false
		}
	}
	return FullMode, true
}
