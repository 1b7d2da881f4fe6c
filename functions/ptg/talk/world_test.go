package talk_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/command"
)

// world is the rest of handsoff, as far as conversations need it: it remembers what it was asked for.
type world struct {
	mu     sync.Mutex
	paced  map[string]map[string]bool // ids by person
	told   map[string]string          // by key
	asked  []talk.Deed
	by     talk.Saying // who asked for the last deed
	files  map[string][]byte
	site   map[string]string // what stands at addresses
	codes  map[string]string
	alert  string
	record []string
}

var _ talk.World = (*world)(nil)

func newWorld() *world {
	return &world{
		paced: map[string]map[string]bool{}, told: map[string]string{}, files: map[string][]byte{}, site: map[string]string{},
		codes: map[string]string{},
	}
}

// Person knows one person with three names, one of which is only a nick.
func (w *world) Person(principal string) string {
	if principal == "irc:oftc/zed" || principal == "slack:U0ZED" || principal == "irc-nick:oftc/zed" {
		return "person:zed"
	}
	return ""
}

func (w *world) Paced(_ context.Context, person, id string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.paced[person] == nil {
		w.paced[person] = map[string]bool{}
	}
	w.paced[person][id] = true
	return len(w.paced[person]) <= talk.MostChanges, nil
}

func (w *world) Tell(_ context.Context, key, text, _ string, to []string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told[key] = strings.Join(to, " ") + ": " + text
	return nil
}

// hears are the notices since the last look.
func (w *world) hears() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := slices.Sorted(maps.Values(w.told))
	w.told = map[string]string{}
	return list
}

func (w *world) Ask(_ context.Context, s talk.Saying, words string, args map[string]any, opening string) (command.Answer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked, w.by = append(w.asked, talk.DeedOf(args)), s
	return command.Answer{Text: fmt.Sprintf("%s %s waits for you\n%s", words, args["what"], opening), Job: "k3f7", Accepted: true}, nil
}

func (w *world) Fetch(_ context.Context, url string) ([]byte, error) {
	text, there := w.site[url]
	if !there {
		return nil, &gathering.Refusal{Text: "nobody is there", Of: gathering.ErrInvalid}
	}
	return []byte(text), nil
}

func (w *world) Keep(_ context.Context, digest string, file []byte) error {
	w.files[digest] = file
	return nil
}

func (w *world) Kept(_ context.Context, digest string) ([]byte, error) { return w.files[digest], nil }

func (w *world) Offer(_ context.Context, name string, file []byte) (string, error) {
	w.files[name] = file
	return "token-of-" + name, nil
}

func (w *world) Channels(context.Context) ([]string, error) {
	return []string{"irc:oftc/#ptg", "irc:oftc/#other"}, nil
}

func (w *world) Alert(_ context.Context, text string) error {
	w.alert = text
	return nil
}

func (w *world) Record(_ context.Context, who, act, detail string) error {
	w.record = append(w.record, who+" "+act+": "+detail)
	return nil
}

func (w *world) Code(_ context.Context, person string) (string, error) {
	code := fmt.Sprintf("code%d", len(w.codes)+1)
	w.codes[code] = person
	return code, nil
}

func (w *world) Redeem(_ context.Context, code string) (string, error) { return w.codes[code], nil }

func (w *world) Spend(_ context.Context, code string) error {
	delete(w.codes, code)
	return nil
}
