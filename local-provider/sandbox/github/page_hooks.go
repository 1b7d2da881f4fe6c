package github

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
)

// mostShown is how many deliveries of a hook a page shows.
const mostShown = 30

// A hookView is a hook with its latest deliveries.
type hookView struct {
	Hook       *Hook
	Kind       string
	Deliveries []*Delivery
}

func (s *Server) hooksPage(*http.Request) *view {
	var out []hookView
	for _, k := range s.hooks.pick(func(k *Hook) int64 { return -k.ID }, func(*Hook) bool { return true }) {
		all := s.deliveriesOf(k.ID)
		out = append(out, hookView{k, map[string]string{HookOfRepo: "repository", HookOfOrg: "organisation", HookOfApp: "App"}[k.Kind], all[:min(len(all), mostShown)]})
	}
	return &view{name: "hooks.html", Title: "Webhooks", Data: out}
}

func (s *Server) deliveryPage(q *http.Request) *view {
	d := s.deliveries.byID(pathNumber(q, "id"))
	if d == nil {
		return nil
	}
	var nice bytes.Buffer
	if json.Indent(&nice, []byte(d.Body), "", "  ") != nil {
		nice.WriteString(d.Body)
	}
	return &view{name: "delivery.html", Title: "Delivery " + d.GUID, Data: struct {
		Delivery *Delivery
		Sent     []string
		Payload  string
		Got      []string
	}{d, headerLines(d.Header), nice.String(), headerLines(d.GotHeader)}}
}

func headerLines(h http.Header) []string {
	var out []string
	for name, value := range flat(h) {
		out = append(out, name+": "+value)
	}
	slices.Sort(out)
	return out
}
