package exchange

import "github.com/handsoff/handsoff/functions/ptg/gathering"

func slots(g *gathering.Gathering) pairs {
	all := pairs{}
	for _, day := range g.Days {
		list := []pairs{}
		for _, slot := range day.Slots {
			one := pairs{{"name", slot.Code}, {"desc", slot.Label}}
			if !slot.Start.IsZero() {
				one = append(one, pair{"realtime", slot.Start.UTC().Format("2006-01-02T15:04:05Z")})
			}
			if slot.Minutes > 0 {
				one = append(one, pair{"duration", slot.Minutes})
			}
			list = append(list, one)
		}
		all = append(all, pair{day.Name, list})
	}
	return all
}

// schedule are the rooms. What they are comes first, then their slots.
func schedule(g *gathering.Gathering) pairs {
	all := pairs{}
	for _, room := range g.Rooms {
		one := pairs{}
		for _, more := range []pair{{roomURL, room.URL}, {roomDesc, room.Note}, {roomIcon, room.Icon}, {roomTip, room.Tip}} {
			if more.value != "" {
				one = append(one, more)
			}
		}
		for _, code := range room.Slots {
			track := ""
			if b := g.Bookings[gathering.Spot{Room: room.Code, Slot: code}]; b != nil {
				track = b.Track
				if t := g.Tracks[b.Track]; t != nil {
					track = t.Name
				}
			}
			one = append(one, pair{code, track})
		}
		all = append(all, pair{room.Name, one})
	}
	return all
}

// ours is what ptgbot has no word for.
func ours(g *gathering.Gathering, view View, shown func(string) string) pairs {
	all := pairs{}
	for _, one := range []pair{
		{"name", g.About.Name},
		{"zone", g.About.Zone},
		{"starts", g.About.Starts},
		{"ends", g.About.Ends},
		{"etherpad", g.About.Etherpad},
		{"url", g.About.URL},
	} {
		if one.value != "" {
			all = append(all, one)
		}
	}
	dates := pairs{}
	for _, day := range g.Days {
		if day.Date != "" {
			dates = append(dates, pair{day.Name, day.Date})
		}
	}
	if len(dates) > 0 {
		all = append(all, pair{"dates", dates})
	}
	return append(all, said(g, view, shown)...)
}
