package jenkins

import (
	"strconv"
	"strings"
)

// splitRunID reads "demo/slow#3", by which a run parameter names a build.
func splitRunID(id string) (job, number string) {
	job, number, _ = strings.Cut(id, "#")
	return job, number
}

// runByID finds the build of a run parameter.
func (s *Server) runByID(id string) *build {
	name, number := splitRunID(id)
	n, err := strconv.Atoi(number)
	if err != nil {
		return nil
	}
	job := s.root.find(name)
	if job == nil {
		return nil
	}
	return job.build(n)
}

// runFilter says which builds of its project a run parameter offers.
func (d definition) runFilter() string {
	if d.filter == "" {
		return "ALL"
	}
	return d.filter
}

// defaultRun is the newest build that the filter of a run parameter lets through.
func (s *Server) defaultRun(d definition) (string, bool) {
	job := s.root.find(d.project)
	if job == nil {
		return "", false
	}
	name := map[string]string{
		"COMPLETED": "lastCompletedBuild", "SUCCESSFUL": "lastSuccessfulBuild", "STABLE": "lastStableBuild",
	}[d.filter]
	if name == "" {
		name = "lastBuild"
	}
	b, _ := permalink(job, name)
	if b == nil {
		return "", false
	}
	return job.fullName() + "#" + itoa(b.Number), true
}
