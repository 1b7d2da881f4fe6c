package site

import (
	"github.com/handsoff/handsoff/shared/config"
)

// entry is a link of the navigation.
type entry struct {
	Name, Path string
	Here       bool
}

// sections are the navigation, with the role that each needs.
var sections = []struct{ id, name, path, role string }{
	{"jobs", "Jobs", "", config.Viewer},
	{"schedules", "Schedules", "schedules", config.Viewer},
	{"rules", "Rules", "rules", config.Viewer},
	{"events", "Events", "events", config.Viewer},
	{"statistics", "Statistics", "statistics", config.Viewer},
	{"functions", "Functions", "functions", config.Viewer},
	{"system", "System", "system", config.Viewer},
	{"audit", "Audit", "audit", config.Admin},
}

// nav are the links that a viewer is shown: those of pages that are there and that they may see.
func (s *Site) nav(v Viewer, here string) []entry {
	var list []entry
	for _, at := range sections {
		pattern := "GET /" + at.path
		if at.path == "" {
			pattern += "{$}"
		}
		if _, there := s.routes[pattern]; !there {
			continue
		}
		if s.Sees(v, at.id, at.role) {
			list = append(list, entry{at.name, at.path, at.id == here})
		}
	}
	return list
}
