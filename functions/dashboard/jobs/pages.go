package jobs

import (
	"embed"
	"net/http"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

//go:embed template
var files embed.FS

// Section is what these pages are called in the configuration's public and in the navigation.
const Section = "jobs"

// Settings are what the pages are made of.
type Settings struct {
	Jobs   *job.Store
	Redis  redis.UniversalClient
	Config *config.File
}

// Pages are the pages about jobs.
type Pages struct {
	site   *site.Site
	store  *job.Store
	redis  redis.UniversalClient
	config *config.File
}

// Add puts the pages on a site.
func Add(s *site.Site, settings Settings) *Pages {
	p := &Pages{site: s, store: settings.Jobs, redis: settings.Redis, config: settings.Config}
	s.Page("GET /{$}", site.Page{Title: "Jobs", Section: Section, Role: config.Viewer, Files: files, Serve: p.list, Tag: p.listTag})
	s.Page("GET /jobs/{id}", site.Page{Title: "Job", Section: Section, Role: config.Viewer, Files: files, Serve: p.show, Tag: p.showTag})
	s.Page("GET /jobs/{id}/log", site.Page{Title: "Log", Section: Section, Role: config.Viewer, Files: files, Serve: p.log})
	s.Handle("GET /jobs/{id}/log.txt", http.HandlerFunc(p.download))
	s.Handle("GET /jobs/{id}/log/live", http.HandlerFunc(p.follow))
	s.Handle("GET /jobs/{id}/log/live.json", http.HandlerFunc(p.poll))
	p.addActs()
	return p
}
