package cloud

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

// FuzzComplaint: whatever a service sends becomes one printable, bounded line.
func FuzzComplaint(f *testing.F) {
	for _, seed := range []string{
		`{"badRequest":{"code":400,"message":"Invalid input"}}`, `{"NeutronError":{"type":"OverQuota","message":"Quota exceeded for resources: ['network'].","detail":""}}`,
		`{"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}}`, `{"errors":[{"status":404,"detail":"No such"}]}`,
		`<html></html>`, `{"message":"x\u001b[2J"}`, `[]`, `null`, `{"a":{"message":5}}`, "{\"a\":{\"message\":\"\xff\"}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		text := complaint(body)
		if len([]rune(text)) > maxComplaint+1 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q", text)
		}
	})
}

// FuzzDocument: whatever a root says, no microversion is above what is known, and none below what is asked for least.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"versions":[{"id":"v2.1","status":"CURRENT","version":"2.93","min_version":"2.1"}]}`))
	f.Add([]byte(`{"versions":{"values":[{"id":"v3.14","status":"stable"}]}}`))
	f.Add([]byte(`{"versions":[{"id":"v1.0","max_version":"1.39","min_version":"1.0"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var d document
		if json.Unmarshal(body, &d) != nil {
			return
		}
		v, ok := d.read()
		if !ok && v != (versions{}) {
			t.Errorf("%+v", v)
		}
		if v.holds(micro{}) && v.min != (micro{}) {
			t.Errorf("%+v holds nothing", v)
		}
	})
}

// FuzzFile: a clouds.yaml is refused or makes accounts, and no refusal quotes a secret.
func FuzzFile(f *testing.F) {
	f.Add("clouds: {a: {auth: {auth_url: 'http://x/v3', username: u, password: hunter2, project_name: p}}}")
	f.Add("clouds: {a: {auth_type: v3applicationcredential, auth: {auth_url: 'https://x', application_credential_id: i, application_credential_secret: hunter2}}}")
	f.Add("clouds: {a: {regions: [x, {name: y}], auth: {auth_url: 'http://u:hunter2@x/v3'}}}")
	f.Add("clouds: {a: {auth: {password: hunter2")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := readFile([]byte(text))
		if err != nil {
			if strings.Contains(err.Error(), "hunter2") {
				t.Error(err)
			}
			return
		}
		for name, entry := range file {
			a, err := newAccount(entry)
			if err != nil {
				if strings.Contains(err.Error(), "hunter2") && !strings.Contains(entry.Interface+entry.EndpointType, "hunter2") {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if !strings.HasSuffix(a.url, "/v3/") || a.options.Password == "" && a.options.ApplicationCredentialSecret == "" {
				t.Errorf("%s: %s", name, a.url)
			}
		}
	})
}
