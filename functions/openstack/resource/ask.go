package resource

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// perPage is how many things a list is asked for at a time; some services give fewer, and say that there are more.
const perPage = 500

// service is one service of a cloud, in one project.
type service struct {
	cloud  *cloud.Cloud
	of     cloud.Service
	client *gophercloud.ServiceClient
}

// open readies a service.
func open(ctx context.Context, c *cloud.Cloud, of cloud.Service) (*service, error) {
	client, err := c.Client(ctx, of)
	if err != nil {
		return nil, cloud.Judge(err)
	}
	return &service{cloud: c, of: of, client: client}, nil
}

// url is the address of a thing below the service's root; parts may be anything.
func (s *service) url(parts ...string) string {
	escaped := make([]string, len(parts))
	for i, part := range parts {
		escaped[i] = url.PathEscape(part)
	}
	return s.client.ServiceURL(escaped...)
}

// ask sends one request. All statuses of what was done are taken: services differ in them, and their releases too.
func (s *service) ask(ctx context.Context, method, address string, body, answer any) error {
	_, err := s.client.Request(ctx, method, address, &gophercloud.RequestOpts{ //nolint:bodyclose // gophercloud closes it
		JSONBody: body, JSONResponse: answer,
		OkCodes: []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent},
	})
	return err
}

// get reads one thing.
func (s *service) get(ctx context.Context, answer any, parts ...string) error {
	return s.judge(s.ask(ctx, http.MethodGet, s.url(parts...), nil, answer), "looking at "+parts[0])
}

// post asks for something, once. An answer may be nil where none is wanted.
func (s *service) post(ctx context.Context, body, answer any, parts ...string) error {
	return s.judge(s.ask(ctx, http.MethodPost, s.url(parts...), body, answer), "asking for "+parts[0])
}

// put sets something, which may be asked for again where the answer was lost.
func (s *service) put(ctx context.Context, body any, parts ...string) error {
	err := again(ctx, func() error { return s.ask(ctx, http.MethodPut, s.url(parts...), body, nil) })
	return s.judge(err, "setting "+parts[0])
}

// patch changes something, likewise.
func (s *service) patch(ctx context.Context, body any, parts ...string) error {
	err := again(ctx, func() error { return s.ask(ctx, http.MethodPatch, s.url(parts...), body, nil) })
	return s.judge(err, "changing "+parts[0])
}

// remove asks for a thing to go; what is gone already is no error.
func (s *service) remove(ctx context.Context, parts ...string) error {
	err := again(ctx, func() error { return s.ask(ctx, http.MethodDelete, s.url(parts...), nil, nil) })
	if cloud.Is(err, cloud.NotFound) {
		return nil
	}
	return s.judge(err, "deleting from "+parts[0])
}

// maxTries is how often something is asked for that may be asked for again.
const maxTries = 3

// again asks as long as the answer gets lost on the way: servers that close a connection after an answer without saying so lose the next request on it.
func again(ctx context.Context, ask func() error) error {
	err := ask()
	for try := 1; try < maxTries && cloud.Is(err, cloud.Lost) && ctx.Err() == nil; try++ {
		err = ask()
	}
	return err
}

// judge makes a fault of an error, that says whose it is and what was being done.
func (s *service) judge(err error, doing string) error {
	if err == nil {
		return nil
	}
	f := *cloud.Judge(err)
	f.Cloud, f.Doing = s.cloud.Name(), doing
	if f.Service == "" {
		f.Service = s.of
	}
	return &f
}

// fault is one of our own.
func (s *service) fault(kind cloud.Kind, message string) *cloud.Fault {
	return &cloud.Fault{Kind: kind, Cloud: s.cloud.Name(), Service: s.of, Message: message}
}

// each reads a list page by page and shows what is in it under key. The next page is asked for by the last thing's id instead of by the link that services
// give, because behind a proxy that link often leads elsewhere.
func each[T any](ctx context.Context, s *service, query url.Values, key string, id func(T) string, show func(T), parts ...string) error {
	marker, before := "", map[string]bool{}
	for {
		q := url.Values{}
		for name, values := range query {
			q[name] = slices.Clone(values)
		}
		q.Set("limit", strconv.Itoa(perPage))
		if marker != "" {
			q.Set("marker", marker)
		}
		var page map[string]json.RawMessage
		if err := s.ask(ctx, http.MethodGet, s.url(parts...)+"?"+q.Encode(), nil, &page); err != nil {
			return s.judge(err, "listing "+key)
		}
		var things []T
		if err := json.Unmarshal(page[key], &things); err != nil {
			return s.judge(s.fault(cloud.Odd, "there is no list of "+key+" in it"), "listing "+key)
		}
		for _, thing := range things {
			show(thing)
		}
		full := len(things) >= perPage && s.of != cloud.Identity // Keystone pages only where it links
		if len(things) == 0 || !full && !more(page, key) || id(things[len(things)-1]) == marker {
			return nil
		}
		before[marker] = true
		if marker = id(things[len(things)-1]); before[marker] {
			return s.judge(s.fault(cloud.Odd, "the list comes round to where it was"), "listing "+key)
		}
	}
}

// link is what is read of a list's links.
type link struct {
	Rel  string `json:"rel"`
	Next string `json:"next"`
}

// more says whether a page links to a next one: Nova, Neutron and Cinder beside the list, Keystone in links, Glance by itself. Heat does not say.
func more(page map[string]json.RawMessage, key string) bool {
	var beside []link
	if json.Unmarshal(page[key+"_links"], &beside) == nil && slices.ContainsFunc(beside, func(l link) bool { return l.Rel == "next" }) {
		return true
	}
	var links link
	if json.Unmarshal(page["links"], &links) == nil && links.Next != "" {
		return true
	}
	var next string
	return json.Unmarshal(page["next"], &next) == nil && next != ""
}

// lookAt tells the states of ids: one alone is asked for, several are looked for in what list gives. What is not in the list is asked for by itself, because a
// list may leave something out (a tag that somebody took away, a cell that is down), and only a 404 says that a thing is gone.
func lookAt(ids []string, list func() ([]Thing, error), get func(id string) (Thing, error)) (map[string]Thing, error) {
	found := make(map[string]Thing, len(ids))
	if len(ids) > 1 {
		things, err := list()
		if err != nil {
			return nil, err
		}
		for _, t := range things {
			if slices.Contains(ids, t.ID) {
				found[t.ID] = t
			}
		}
	}
	for _, id := range ids {
		if _, is := found[id]; is {
			continue
		}
		t, err := get(id)
		if cloud.Is(err, cloud.NotFound) {
			t, err = Thing{ID: id, State: Absent}, nil
		}
		if err != nil {
			return nil, err
		}
		found[id] = t
	}
	return found, nil
}

// inOrder sorts things as Find gives them: the oldest first, then by id, so that everybody who sees two of one item agrees which is the younger.
func inOrder(things []Thing) []Thing {
	slices.SortFunc(things, func(a, b Thing) int {
		if c := a.Made.Compare(b.Made); c != 0 {
			return c
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return things
}
