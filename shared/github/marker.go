package github

import "regexp"

// marker is a comment of HTML, which GitHub keeps and shows nobody.
var marker = regexp.MustCompile(`<!-- handsoff job ([a-z0-9]{1,32}) -->`)

// Marker is the hidden line by which a comment of ours is found again. It means something only in a comment of our own
// account, since anybody can write one.
func Marker(job string) string { return "<!-- handsoff job " + job + " -->" }

// FindMarker reads the first marker in a text.
func FindMarker(text string) (job string, ok bool) {
	found := marker.FindStringSubmatch(text)
	if found == nil {
		return "", false
	}
	return found[1], true
}
