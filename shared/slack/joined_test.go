package slack_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/handsoff/handsoff/shared/slack"
)

// TestMoreChannelsThanCanBeListed is a fault, not a shorter list.
func TestMoreChannelsThanCanBeListed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	a := f.app(t, token, slack.Options{})
	f.says(http.StatusOK, `{"ok":true,"channels":[{"id":"C1"},{"id":"C2"}]}`)
	if all, err := a.Joined(t.Context()); err != nil || !slices.Equal(all, []string{"slack:C1", "slack:C2"}) {
		t.Errorf("%q %v", all, err)
	}
	f.says(http.StatusOK, `{"ok":true,"channels":[{"id":"C1"}],"response_metadata":{"next_cursor":"more"}}`)
	if all, err := a.Joined(t.Context()); err == nil {
		t.Errorf("%d channels, as if that were all", len(all))
	}
}
