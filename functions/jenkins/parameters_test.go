package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
)

func declared() []remote.Parameter {
	return []remote.Parameter{
		{Type: "StringParameterDefinition", Name: "text"},
		{Type: "TextParameterDefinition", Name: "long"},
		{Type: "BooleanParameterDefinition", Name: "dry_run"},
		{Type: "ChoiceParameterDefinition", Name: "region", Choices: []string{"one", "two"}},
		{Type: "PasswordParameterDefinition", Name: "secret"},
		{Type: "RunParameterDefinition", Name: "from", Project: "demo/slow"},
		{Type: "CredentialsParameterDefinition", Name: "key"},
		{Type: "FileParameterDefinition", Name: "upload"},
		{Type: "ValidatingStringParameterDefinition", Name: "version", Regex: `\d+\.\d+`, Complaint: "Write it as 1.2"},
		{Type: "ValidatingStringParameterDefinition", Name: "java", Regex: `(?<=x)y`},
		{Class: "net.example.GitTagParameterDefinition", Name: "tag"},
		{Type: "StringParameterDefinition", Name: markParameter},
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		given  map[string]string
		want   map[string]string
		refuse string
	}{
		{"nothing takes Jenkins' defaults", nil, map[string]string{}, ""},
		{"text as it is", map[string]string{"text": " a=b ", "long": "x\ny"}, map[string]string{"text": " a=b ", "long": "x\ny"}, ""},
		{"booleans in words", map[string]string{"dry_run": "Yes"}, map[string]string{"dry_run": "true"}, ""},
		{"no boolean", map[string]string{"dry_run": "perhaps"}, nil, `dry_run: true or false is needed, not “perhaps”`},
		{"a choice", map[string]string{"region": "two"}, map[string]string{"region": "two"}, ""},
		{"no choice", map[string]string{"region": "three"}, nil, `region: “three” is not one of one, two`},
		{"a run by number", map[string]string{"from": "12"}, map[string]string{"from": "demo/slow#12"}, ""},
		{"a run by number sign", map[string]string{"from": "#12"}, map[string]string{"from": "demo/slow#12"}, ""},
		{"a run in full", map[string]string{"from": "a/b#3"}, map[string]string{"from": "a/b#3"}, ""},
		{"no run", map[string]string{"from": "latest"}, nil, "a build's number is needed"},
		{"credentials by id", map[string]string{"key": "deploy-key"}, map[string]string{"key": "deploy-key"}, ""},
		{"a file", map[string]string{"upload": "x"}, nil, "files cannot be sent from here"},
		{"a valid string", map[string]string{"version": "1.2"}, map[string]string{"version": "1.2"}, ""},
		{"an invalid string", map[string]string{"version": "1.2.3"}, nil, "Write it as 1.2"},
		{"a pattern that only Java knows", map[string]string{"java": "z"}, map[string]string{"java": "z"}, ""},
		{"an unknown type", map[string]string{"tag": "v1"}, map[string]string{"tag": "v1"}, ""},
		{"an unknown name", map[string]string{"regoin": "one"}, nil, "perhaps you meant region"},
		{"a name in capitals", map[string]string{"REGION": "one"}, nil, "perhaps you meant region"},
		{"a name far from all", map[string]string{"zzzzzzzz": "one"}, nil, "it has dry_run, from, java"},
		{"our mark", map[string]string{markParameter: "x"}, nil, "is filled in by handsoff"},
		{"too much", map[string]string{"text": strings.Repeat("x", maxValue+1)}, nil, "at most 65536 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := fill("demo/typed", declared(), test.given)
			switch {
			case test.refuse != "" && (err == nil || !strings.Contains(err.Error(), test.refuse)):
				t.Errorf("refused with %v, not %q", err, test.refuse)
			case test.refuse == "" && err != nil:
				t.Error(err)
			case test.refuse == "" && !maps.Equal(got.values, test.want):
				t.Errorf("%v, not %v", got.values, test.want)
			}
		})
	}
}

func TestFillWarnings(t *testing.T) {
	t.Parallel()
	got, err := fill("demo/typed", declared(), map[string]string{"tag": "v1"})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(got.warnings, "\n")
	if !strings.Contains(all, "is sent as text") || !strings.Contains(all, "gets no file upload") {
		t.Error(all)
	}
	if len(got.secrets) != 1 || got.secrets[0] != "secret" {
		t.Error(got.secrets)
	}
	none, err := fill("demo/plain", nil, map[string]string{"a": "b"})
	if err == nil || !strings.Contains(err.Error(), "takes no parameters") {
		t.Error(none, err)
	}
}
