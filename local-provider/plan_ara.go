package main

import (
	"os/exec"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/supervisor"
)

// addARA plans the record of Ansible's runs, where ARA's server is installed. It takes seconds to be ready, the first
// time some more, and nothing else needs it: nothing waits for it.
func (p planner) addARA(result *plan) error {
	if !p.ara {
		return nil
	}
	program, err := exec.LookPath(araManage)
	if err != nil {
		result.notes = append(result.notes, "ARA is not installed, so the record of Ansible's runs has no pages, and each run "+
			"is recorded for itself; `apt install python3-ara ara-server` brings it")
		return nil //nolint:nilerr // what is not installed is noted, and no failure
	}
	result.Services = append(result.Services, supervisor.Service{
		Name: serviceARA, Path: p.self, Grace: grace, Apart: true,
		Args:    []string{"ara", "-home", string(p.home), "-listen", home.Loopback(p.ports.ARA), "-program", program},
		Env:     p.environment(serviceARA, "LANG=C.UTF-8", "TZ=UTC", "PYTHONUNBUFFERED=1"),
		Address: home.Loopback(p.ports.ARA),
	})
	return nil
}
