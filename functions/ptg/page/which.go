package page

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// remembered is how long it is taken for granted which gatherings there are and which is on.
const remembered = 2 * time.Second

// known is what was found out of late about all gatherings.
type known struct {
	mu      sync.Mutex
	at      time.Time
	current string
	list    []gathering.Info
}

// which is the gathering that a request is for, or why there is none.
func (p *Pages) which(r *http.Request) (id, lost string, err error) {
	current, list, err := p.gatherings(r.Context())
	asked := r.PathValue("gathering")
	switch {
	case err != nil:
		return "", "", err
	case asked == "" && current == "":
		return "", "No event has been set up yet.", nil
	case asked == "":
		return current, "", nil
	}
	for _, info := range list {
		if info.ID == asked {
			return asked, "", nil
		}
	}
	return "", "There is no such event.", nil
}

// gatherings are the one that is on and all there are. While Redis cannot be asked it is what was known before.
func (p *Pages) gatherings(ctx context.Context) (current string, list []gathering.Info, err error) {
	k := &p.known
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.at) < remembered {
		return k.current, k.list, nil
	}
	list, err = p.store.List(ctx)
	if err == nil {
		current, err = p.store.Current(ctx)
		if errors.Is(err, gathering.ErrNoGathering) {
			current, err = "", nil
		}
	}
	if err != nil && k.at.IsZero() {
		return "", nil, err
	}
	k.at = time.Now()
	if err != nil {
		p.settings.Log.WarnContext(ctx, "look which events there are", "error", err)
		return k.current, k.list, nil
	}
	k.current, k.list = current, list
	return current, list, nil
}

// relative is a name as one step of a relative address.
func relative(name string) string { return "./" + url.PathEscape(name) }
