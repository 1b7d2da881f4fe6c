package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where the services cannot be installed, .ci/openstack --optional leaves the command out and says so; in CI that is a fault.
func TestWithoutAnOpenStack(t *testing.T) {
	t.Parallel()
	tools := t.TempDir() // somebody who is not root may not install anything
	if err := os.WriteFile(filepath.Join(tools, "id"), []byte("#!/bin/sh\necho 1000\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		ci, option string
		well       bool
	}{{"", "--optional", true}, {"true", "--optional", false}, {"", "", false}} {
		words := []string{"echo", "it ran"}
		if test.option != "" {
			words = append([]string{test.option}, words...)
		}
		cmd := exec.CommandContext(t.Context(), "../../.ci/openstack", words...)
		cmd.Env = append(os.Environ(), "CI="+test.ci, "PATH="+tools+":"+os.Getenv("PATH"))
		text, err := cmd.CombinedOutput()
		if (err == nil) != test.well || strings.Contains(string(text), "it ran") || !strings.Contains(string(text), "There is no real OpenStack here") {
			t.Errorf("%+v: %v\n%s", test, err, text)
		}
	}
}
