package memory

import (
	"fmt"
	"regexp"

	"github.com/handsoff/handsoff/shared/job"
)

// namesKey is the set of all names.
const namesKey = job.Prefix + "remembered"

// touchedKey is a zset: when a name was last written, in ms.
const touchedKey = job.Prefix + "remembered-touched"

func valueKey(name string) string   { return namesKey + ":" + name }
func changesKey(name string) string { return valueKey(name) + ":changes" }

// nameForm is a name: no colon, so that no name is the key of another one's changes.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/@+-]{0,99}$`)

// CheckName refuses what is no name: letters, digits and . _ / @ + -, at most 100 of them, a letter or digit first.
func CheckName(name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%w: %.100q; use up to 100 letters, digits and . _ / @ + -, a letter or digit first", ErrName, name)
	}
	return nil
}
