package gerrit

import (
	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gerrit"
)

// Open makes Gerrit's door. dashboard is the dashboard's address, empty for none. It gives door.ErrNotSetUp where the
// configuration has no section for it.
func Open(p *function.Platform, dashboard string) (door.Door, error) {
	section, err := gerrit.Read(p.Config)
	if err != nil {
		return door.Door{}, err
	}
	if section == nil {
		return door.Door{}, door.ErrNotSetUp
	}
	d := &Door{
		servers: make(map[string]Server), jobs: p.Jobs, rdb: p.Redis, log: p.Log.With("door", "gerrit"), dashboard: dashboard,
		alerts: door.Alerts{Jobs: p.Jobs, To: p.Config.Bot.Alerts},
	}
	for _, server := range section.Servers {
		d.servers[server.Name] = Server{Reviewer: gerrit.New(server, p.Secret, gerrit.Options{}), User: server.User}
	}
	return door.Door{Renderer: d, Apart: true}, nil
}
