package jenkins_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestParameterDefinitions(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	definitions := func() object {
		return object{"list": r.json(demo+"typed"+api).at("property", 0, "parameterDefinitions")}
	}
	r.check(definitions(), map[string]any{
		"list.0._class": "hudson.model.StringParameterDefinition", "list.0.type": "StringParameterDefinition",
		"list.0.name": "STRING", "list.0.description": "A line.", "list.0.defaultParameterValue.value": "one line",
		"list.0.defaultParameterValue._class": "hudson.model.StringParameterValue",
		"list.1.type":                         "TextParameterDefinition", "list.1.defaultParameterValue.value": "first\nsecond",
		"list.2.type": "BooleanParameterDefinition", "list.2.defaultParameterValue.value": true,
		"list.3.type": "ChoiceParameterDefinition", "list.3.choices.0": "small", "list.3.choices.2": "large",
		"list.3.defaultParameterValue.value": "small",
		"list.4.type":                        "PasswordParameterDefinition", "list.4.defaultParameterValue.name": "PASSWORD",
		"list.4.defaultParameterValue.value": nil,
		"list.5.type":                        "RunParameterDefinition", "list.5.projectName": "demo/slow", "list.5.filter": "ALL",
		"list.5.defaultParameterValue": nil,
		"list.6.type":                  "FileParameterDefinition", "list.6.defaultParameterValue": nil,
		"list.7.type":                         "CredentialsParameterDefinition",
		"list.7._class":                       "com.cloudbees.plugins.credentials.CredentialsParameterDefinition",
		"list.7.defaultParameterValue._class": "com.cloudbees.plugins.credentials.CredentialsParameterValue",
		"list.8._class":                       "com.cwctravel.hudson.plugins.extended_choice_parameter.ExtendedChoiceParameterDefinition",
		"list.8.type":                         "PT_CHECKBOX", "list.8.defaultParameterValue.value": "green",
		"list.9.name": "HANDSOFF_JOB",
	})
	r.start("slow", "seconds", "0")
	r.check(definitions(), map[string]any{
		"list.5.defaultParameterValue._class":  "hudson.model.RunParameterValue",
		"list.5.defaultParameterValue.jobName": "demo/slow", "list.5.defaultParameterValue.number": "1",
	})
}

// values are the parameters of a build of "typed", by name.
func (r *rig) values(build string) map[string]object {
	r.Helper()
	list, _ := r.json(demo+"typed/"+build+api).at("actions", 0, "parameters").([]any)
	out := map[string]object{}
	for _, v := range list {
		o, _ := v.(map[string]any)
		name, _ := o["name"].(string)
		out[name] = o
	}
	return out
}

func TestParameterValues(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow", "seconds", "0")
	form := url.Values{
		"STRING": {"  trimmed "}, "TEXT": {" a\nb "}, "BOOLEAN": {"TRUE"}, "CHOICE": {"large"}, "PASSWORD": {"hush"},
		"RUN": {"demo/slow#1"}, "CREDENTIALS": {"other-key"}, "EXTENDED": {"red", "blue"}, "HANDSOFF_JOB": {"abcd"},
	}
	r.want(201, r.postForm(demo+"typed/buildWithParameters", form))
	r.jenkins.Advance(5 * time.Second)
	got := r.values("1")
	for name, want := range map[string]map[string]any{
		"STRING": {"value": "trimmed"}, "TEXT": {"value": " a\nb ", "_class": "hudson.model.TextParameterValue"},
		"BOOLEAN": {"value": true}, "CHOICE": {"value": "large", "_class": "hudson.model.StringParameterValue"},
		"PASSWORD": {"value": nil, "_class": "hudson.model.PasswordParameterValue"},
		"RUN":      {"jobName": "demo/slow", "number": "1", "value": nil}, "CREDENTIALS": {"value": nil},
		"EXTENDED": {"value": "red,blue"}, "HANDSOFF_JOB": {"value": "abcd"},
	} {
		r.check(got[name], want)
	}
	r.want(201, r.postForm(demo+"typed/buildWithParameters", url.Values{"EXTENDED": {"red,blue", "mauve", " green "}}))
	r.jenkins.Advance(time.Minute)
	r.check(r.values("2")["EXTENDED"], map[string]any{"value": "green"})
	if _, there := got["FILE"]; there {
		t.Error("a file that was not uploaded became a parameter")
	}
	if r.jenkins.Starts()[1].Parameters["PASSWORD"] != "" {
		t.Error("the password is kept")
	}
}

func TestIllegalValues(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, form := range map[string]url.Values{
		"a choice that is not offered": {"CHOICE": {"huge"}},
		"a build that is not there":    {"RUN": {"demo/slow#1"}},
		"not a build":                  {"RUN": {"slow"}},
		"two values":                   {"STRING": {"a", "b"}},
	} {
		if got := r.postForm(demo+"typed/buildWithParameters", form); got.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: %s", name, got.Status)
		}
	}
	if n := r.jenkins.QueueLength(); n != 0 {
		t.Errorf("%d builds are queued", n)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	send := func(path string, fields map[string]string, file string) reply {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, err := w.CreateFormFile(file, "notes.txt")
		if err == nil {
			_, err = io.WriteString(part, "some text")
		}
		for name, value := range fields {
			if err == nil {
				err = w.WriteField(name, value)
			}
		}
		if err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		return r.send(http.MethodPost, path, body.String(), "Content-Type", w.FormDataContentType())
	}
	r.want(201, send(demo+"typed/buildWithParameters", map[string]string{"STRING": "x"}, "FILE"))
	r.want(201, send(demo+"typed/buildWithParameters", map[string]string{"STRING": "x"}, "FILE")) // two files are never equal
	r.jenkins.Advance(5 * time.Second)
	r.check(r.values("1")["FILE"], map[string]any{"_class": "hudson.model.FileParameterValue", "value": nil})
	r.check(r.values("1")["STRING"], map[string]any{"value": "x"})
	if got := r.jenkins.Starts()[0].Parameters["FILE"]; got != "notes.txt" {
		t.Errorf("the file is called %q", got)
	}
	r.want(201, send(demo+"typed/build", map[string]string{
		"json": `{"parameter":[{"name":"FILE","file":"file0"},{"name":"EXTENDED","value":["red","blue"]},{"name":"BOOLEAN","value":false}]}`,
	}, "file0"))
	r.jenkins.Advance(time.Minute)
	r.check(r.values("3")["EXTENDED"], map[string]any{"value": "red,blue"})
	r.check(r.values("3")["BOOLEAN"], map[string]any{"value": false})
	if got := r.jenkins.Starts()[2].Parameters["FILE"]; got != "notes.txt" {
		t.Errorf("the file of the form is called %q", got)
	}
	r.want(400, r.send(http.MethodPost, demo+"typed/build", "x", "Content-Type", "multipart/form-data"))
}
