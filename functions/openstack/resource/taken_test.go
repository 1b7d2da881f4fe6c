package resource_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// Types of volumes and availability zones that a cloud has not got are mistakes like any other name.
func TestNamesOfVolumeTypesAndZones(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Compute, cloud.Image)
	settle := func(kind string, spec any) string {
		text, err := json.Marshal(spec)
		if err != nil {
			t.Fatal(err)
		}
		_, mistakes, err := resource.NewNames(l.cloud).Settle(t.Context(), []resource.Wish{{Kind: kind, Item: "x", Spec: text, Mark: resource.Mark{Env: l.env, Job: "j", Item: "x"}}})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, m := range mistakes {
			told = append(told, m.Text)
		}
		return strings.Join(told, "; ")
	}
	server := serverSpec()
	for zone, want := range map[string]string{"": "", "nova": "", "nova:host-1": "", "nowa": "lab has no availability zone nowa; did you mean nova?", "internal-x": "lab has no availability zone internal-x"} {
		server.Zone = zone
		if told := settle(resource.KindServer, server); told != want && (want == "" || !strings.HasPrefix(told, want)) {
			t.Errorf("%q: %q, want %q", zone, told, want)
		}
	}
	l.services(cloud.Volume)
	for kind, want := range map[string]string{"": "", "fast": "", "fats": "lab has no volume type fats"} {
		if told := settle(resource.KindVolume, resource.VolumeSpec{Size: 1, Type: kind}); told != want && (want == "" || !strings.HasPrefix(told, want)) {
			t.Errorf("%q: %q, want %q", kind, told, want)
		}
	}
}

// A name that a stack or a project has is said to be taken, with whose it is.
func TestNamesThatAreTaken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.services(cloud.Orchestration)
	const empty = `{heat_template_version: 2018-08-31}`
	w := l.wish(resource.KindStack, "stack", resource.StackSpec{Template: empty}, nil)
	names := resource.NewNames(l.cloud)
	if taken, err := names.Taken(t.Context(), []resource.Wish{w}); err != nil || len(taken) != 0 {
		t.Errorf("before: %v, %v", taken, err)
	}
	made := l.ready(w)
	taken, err := names.Taken(t.Context(), []resource.Wish{w})
	if err != nil || len(taken) != 1 || taken[0].Mark.Env != l.env || !strings.Contains(taken[0].Text, "has a stack called ") || !strings.Contains(taken[0].Text, made.ID) {
		t.Errorf("%+v, %v", taken, err)
	}
	admin, err := l.cloud.Admin()
	if err != nil {
		t.Fatal(err)
	}
	project := resource.Wish{Kind: resource.KindProject, Item: "project", Name: "no-such-project-" + l.env}
	if taken, err := resource.NewNames(admin).Taken(t.Context(), []resource.Wish{project, w}); err != nil || len(taken) != 0 {
		t.Errorf("in a project that is yet to be made: %+v, %v", taken, err)
	}
	_, project.Name, err = admin.Project(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	taken, err = resource.NewNames(admin).Taken(t.Context(), []resource.Wish{project})
	if err != nil || len(taken) != 1 || taken[0].Mark.Env != "" || !strings.Contains(taken[0].Text, "has a project called "+project.Name+" already") {
		t.Errorf("%+v, %v", taken, err)
	}
}
