// Package image maps image references to executables.
//
// On this provider an image is one executable file. The reference ghcr.io/handsoff/command:latest is the file
// ghcr.io+handsoff+command=latest: "/" becomes "+", ":" becomes "=", "@" becomes "~", and a missing tag is "latest".
// None of the three replacements can occur in a reference, so two references never share a file, and a reference can
// never name a file outside the folder.
package image

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// MaxReference is the longest reference, in bytes: a file name may have 255.
const MaxReference = 240

// ErrReference is wrapped by every refusal of a reference.
var ErrReference = errors.New("not an image reference")

// reference follows the grammar of the distribution project: host and port, path components, tag, digest.
var reference = regexp.MustCompile(
	`^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?/)?` +
		`[a-z0-9]+(?:(?:[.]|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[.]|_{1,2}|-+)[a-z0-9]+)*)*` +
		`(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`)

// FileName is the name of the executable of a reference inside the images folder.
func FileName(ref string) (string, error) {
	if len(ref) > MaxReference {
		return "", fmt.Errorf("%w: %d bytes are more than the %d allowed", ErrReference, len(ref), MaxReference)
	}
	if !reference.MatchString(ref) {
		return "", fmt.Errorf("%w: %q; write it like ghcr.io/team/name:tag", ErrReference, ref)
	}
	if !tagged(ref) {
		ref += ":latest"
	}
	return strings.NewReplacer("/", "+", ":", "=", "@", "~").Replace(ref), nil
}

// tagged looks behind the last slash only: before it a colon is a port.
func tagged(ref string) bool {
	return strings.ContainsAny(ref[strings.LastIndexByte(ref, '/')+1:], ":@")
}
