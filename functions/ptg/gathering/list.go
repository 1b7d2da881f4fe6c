package gathering

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Info says what a gathering is called and when it is.
type Info struct {
	ID     string `json:"-"`
	Name   string `json:"name"`
	Zone   string `json:"zone,omitempty"`
	Starts string `json:"starts,omitempty"` // "2006-01-02" in its zone; empty is unknown
	Ends   string `json:"ends,omitempty"`   // likewise, the last day
}

// listed is how the list has the gathering after a change, JSON; "" when that stays.
func (d *Draft) listed(sets []Set) (string, error) {
	if !slices.ContainsFunc(sets, func(s Set) bool { return s.Field == aboutField || s.Field == daysField }) {
		return "", nil
	}
	text, err := json.Marshal(d.Info())
	if err != nil {
		return "", fmt.Errorf("gathering %s: write how it is listed: %w", d.ID, err)
	}
	return string(text), nil
}

// Info is how a gathering is listed. When it is, its days say where each has a date.
func (g *Gathering) Info() Info {
	info := Info{ID: g.ID, Name: g.About.Name, Zone: g.About.Zone, Starts: g.About.Starts, Ends: g.About.Ends}
	if !g.Dated() {
		return info
	}
	info.Starts, info.Ends = g.Date(&g.Days[0]), g.Date(&g.Days[0])
	for i := range g.Days {
		date := g.Date(&g.Days[i])
		info.Starts, info.Ends = min(info.Starts, date), max(info.Ends, date)
	}
	return info
}

// List are all gatherings, by when they start, those of which that is not known first.
func (s *Store) List(ctx context.Context) ([]Info, error) {
	texts, err := s.rdb.HGetAll(ctx, listKey).Result()
	if err != nil {
		return nil, fmt.Errorf("gathering: list them: %w", err)
	}
	var list []Info
	for id, text := range texts {
		info := Info{}
		if err := json.Unmarshal([]byte(text), &info); err != nil {
			return nil, fmt.Errorf("gathering %s: how it is listed: %w", id, err)
		}
		info.ID = id
		list = append(list, info)
	}
	slices.SortFunc(list, func(a, b Info) int { return cmp.Or(cmp.Compare(a.Starts, b.Starts), cmp.Compare(a.ID, b.ID)) })
	return list, nil
}

// Create makes a gathering. It refuses an id that is one's already (ErrExists).
func (s *Store) Create(ctx context.Context, id string, by Author, said, key string, about About) (Result, error) {
	if err := checkID(id); err != nil {
		return Result{}, err
	}
	return s.Change(ctx, id, by, said, key, func(d *Draft) (string, error) {
		if d.Version > 0 {
			return "", refuse(ErrExists, "There is an event '%s' already: %s", id, d.About.Name)
		}
		d.Whole()
		return fmt.Sprintf("The event %s is made: %s", id, about.Name), d.SetAbout(about)
	})
}

// Use has a gathering be the current one whatever the date; an empty id has the date decide again.
func (s *Store) Use(ctx context.Context, id string) error {
	if id == "" {
		if err := s.rdb.Del(ctx, currentKey).Err(); err != nil {
			return fmt.Errorf("gathering: have the date decide: %w", err)
		}
		return nil
	}
	if _, err := s.Get(ctx, id); err != nil {
		return err
	}
	if err := s.rdb.Set(ctx, currentKey, id, 0).Err(); err != nil {
		return fmt.Errorf("gathering %s: use it: %w", id, err)
	}
	return nil
}

// Chosen is the id that people chose to be the current one; "" when the date decides.
func (s *Store) Chosen(ctx context.Context) (string, error) {
	id, err := s.rdb.Get(ctx, currentKey).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("gathering: which one was chosen: %w", err)
	}
	return id, nil
}

// Current is the id of the gathering that people mean who name none: the one that was chosen; else the one that is on; else
// the next; else the last. It gives [ErrNoGathering] when there is none.
func (s *Store) Current(ctx context.Context) (string, error) {
	list, err := s.List(ctx)
	if err != nil {
		return "", err
	}
	chosen, err := s.Chosen(ctx)
	if err != nil {
		return "", err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(list, func(info Info) bool { return info.ID == chosen }) {
		return chosen, nil
	}
	id := nearest(list, now)
	if id == "" {
		return "", refuse(ErrNoGathering, "There is no event yet; 'ptg event new' makes one")
	}
	return id, nil
}

// nearest is the one that is on, else the next, else the last, of a list by start.
func nearest(list []Info, now time.Time) string {
	var next, last string
	for _, info := range list {
		today := now.In((&Gathering{About: About{Zone: info.Zone}}).Zone()).Format(dateForm)
		starts, ends := cmp.Or(info.Starts, info.Ends), cmp.Or(info.Ends, info.Starts)
		switch {
		case starts != "" && starts <= today && today <= ends:
			return info.ID
		case starts > today && next == "":
			next = info.ID
		default:
			last = cmp.Or(last, info.ID)
			if starts <= today {
				last = info.ID
			}
		}
	}
	return cmp.Or(next, last)
}
