package site

import (
	"context"

	"github.com/handsoff/handsoff/shared/command"
)

// MayGive reports whether a viewer has the role of each of these commands, by their words, so that a button for it is worth
// showing. Whether they may is the function command's to say. Where the list of commands cannot be read nobody may.
func (s *Site) MayGive(ctx context.Context, v Viewer, words ...string) map[string]bool {
	may := make(map[string]bool, len(words))
	if !v.LoggedIn() {
		return may
	}
	catalogue := command.Known(ctx, s.Redis, s.Log)
	if catalogue == nil {
		return may
	}
	for _, one := range words {
		declared := catalogue.Lookup(one)
		may[one] = declared != nil && v.May(declared.Role)
	}
	return may
}
