package template

import (
	"encoding/json"
	"slices"
	"time"
)

// Plan is every thing of an environment, in an order in which nothing stands before what it needs.
type Plan struct {
	Items []Item `json:"items"`
}

// Item is one thing that is to be made.
type Item struct {
	Key   string          `json:"key"` // "server.web.1": names it in marks and in what others need
	Kind  string          `json:"kind"`
	Name  string          `json:"name"`            // at the cloud, "demo-web-1"
	Needs []string        `json:"needs,omitempty"` // the keys of what must be there before, and go after
	Spec  json.RawMessage `json:"spec"`
	Ready *Ready          `json:"ready,omitempty"` // what must answer before it counts as ready
}

// Ready says what of a server must answer.
type Ready struct {
	Port   int           `json:"port"`
	SSH    bool          `json:"ssh,omitempty"` // with the banner of SSH
	Within time.Duration `json:"within"`
	Server string        `json:"server"` // the key of the server
}

// Item finds one by its key; nil when there is none.
func (p *Plan) Item(key string) *Item {
	i := slices.IndexFunc(p.Items, func(item Item) bool { return item.Key == key })
	if i < 0 {
		return nil
	}
	return &p.Items[i]
}

// Kinds lists the kinds that occur, in the plan's order.
func (p *Plan) Kinds() []string {
	var kinds []string
	for i := range p.Items {
		if !slices.Contains(kinds, p.Items[i].Kind) {
			kinds = append(kinds, p.Items[i].Kind)
		}
	}
	return kinds
}

// Counts says how many there are of each kind.
func (p *Plan) Counts() map[string]int {
	counts := make(map[string]int)
	for i := range p.Items {
		counts[p.Items[i].Kind]++
	}
	return counts
}
