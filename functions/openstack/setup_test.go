package main

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

func platform(t *testing.T, text string) *function.Platform {
	t.Helper()
	file, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &function.Platform{Environment: function.Environment{SecretDir: t.TempDir()}, Config: file}
}

// TestUnconfigured: without a section the function runs, and every command says what is missing.
func TestUnconfigured(t *testing.T) {
	t.Parallel()
	parts, err := setUp(t.Context(), platform(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	for words, call := range parts.Calls {
		answer, err := call(t.Context(), command.Call{Command: words})
		if err != nil || answer.Problem == nil || answer.Problem.Code != command.CodeMissing || answer.Text != string(missing) {
			t.Errorf("%s: %+v %v", words, answer, err)
		}
	}
	refused := job.Fail(string(missing), nil)
	for words, step := range parts.Steps {
		if out, err := step.Step(t.Context(), nil); err != nil || !reflect.DeepEqual(out, refused) {
			t.Errorf("%s: %+v %v", words, out, err)
		}
	}
	if len(parts.Calls) == 0 || len(parts.Steps) == 0 || !strings.Contains(string(missing), "no section openstack") {
		t.Error(len(parts.Calls), len(parts.Steps), missing)
	}
}

func TestMistakenConfiguration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"openstack: {cluods: {}}":                                                 "cluods",
		"openstack: {patience: 1ns}":                                              "openstack.patience",
		"openstack: {clouds: {lab: {regoin: x}}}":                                 "regoin",
		"openstack: {owners: {templates: {a: {subject: x, body: '{{ nope }}'}}}}": "no such secret",
		"openstack: {clouds: {lab: {}}, templates: {small: {summary: anything}}}": "no such secret",
	} {
		if _, err := setUp(t.Context(), platform(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := setUp(t.Context(), platform(t, "openstack: {}")); !errors.Is(err, function.ErrNoSecret) {
		t.Error(err)
	}
}
