package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxBody is how many bytes a request may have. Forty thousand characters of text and fifty blocks fit, escaped.
const maxBody = 1 << 20

// args are the arguments of a call, however they came: as a query, a form, or JSON.
type args struct {
	form  url.Values
	json  map[string]json.RawMessage // nil unless they came as JSON
	token string
	warn  []string
}

// readArgs reads a request. What is wrong with it is an error of Slack's (docs.slack.dev/apis/web-api: "Errors").
func readArgs(w http.ResponseWriter, r *http.Request) (args, error) {
	a := args{form: url.Values{}, token: bearer(r)}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		e := refuse("request_too_large")
		e.status = http.StatusRequestEntityTooLarge
		return a, e
	}
	if err != nil {
		return a, refuse("request_timeout")
	}
	a.form = r.URL.Query()
	if r.Method == http.MethodPost && len(body) > 0 {
		if err := a.readBody(r.Header.Get("Content-Type"), body); err != nil {
			return a, err
		}
	}
	if a.token == "" && a.json == nil {
		a.token = a.form.Get("token") // in JSON it is not looked for
	}
	return a, nil
}

func (a *args) readBody(contentType string, body []byte) error {
	if contentType == "" {
		return refuse("missing_post_type")
	}
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return refuse("invalid_post_type")
	}
	switch kind {
	case "application/json":
		if parameters["charset"] == "" {
			a.warn = append(a.warn, "missing_charset")
		}
		return a.readJSON(body)
	case "application/x-www-form-urlencoded":
		if parameters["charset"] != "" {
			a.warn = append(a.warn, "superfluous_charset")
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return refuse("invalid_form_data")
		}
		a.add(form)
		return nil
	case "multipart/form-data":
		return a.readMultipart(kind, contentType, body)
	}
	return refuse("invalid_post_type")
}

func (a *args) readJSON(body []byte) error {
	body = bytes.TrimSpace(body)
	if !json.Valid(body) {
		return refuse("invalid_json")
	}
	if json.Unmarshal(body, &a.json) != nil || a.json == nil {
		return refuse("json_not_object")
	}
	return nil
}

func (a *args) readMultipart(_, contentType string, body []byte) error {
	r := &http.Request{
		Method: http.MethodPost, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(bytes.NewReader(body)),
	}
	if err := r.ParseMultipartForm(maxBody); err != nil {
		return refuse("invalid_form_data")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	a.add(r.MultipartForm.Value)
	return nil
}

func (a *args) add(form url.Values) {
	maps.Copy(a.form, form)
}

// raw is an argument as it was sent: JSON when it is an array or an object, also one that was sent as a string.
func (a *args) raw(name string) json.RawMessage {
	if a.json == nil {
		return json.RawMessage(a.form.Get(name))
	}
	value := a.json[name]
	var text string
	if json.Unmarshal(value, &text) == nil {
		return json.RawMessage(text)
	}
	return value
}

// text is an argument as text; empty when it is not there.
func (a *args) text(name string) string {
	value := string(a.raw(name))
	if a.json != nil && value == "null" {
		return ""
	}
	return value
}

// truth is an argument that is true or false.
func (a *args) truth(name string) bool {
	switch strings.ToLower(a.text(name)) {
	case "1", "true", "t":
		return true
	}
	return false
}

// number is an argument that is a number, or what stands for it when it is not there.
func (a *args) number(name string, ifEmpty int) (int, error) {
	text := a.text(name)
	if text == "" {
		return ifEmpty, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, refuse("invalid_arguments", "[ERROR] must be a valid number [json-pointer:/"+name+"]")
	}
	return n, nil
}

// list is an argument of several words: "C1,C2", or a JSON array.
func (a *args) list(name string) []string {
	raw := a.raw(name)
	var words []string
	if json.Unmarshal(raw, &words) == nil {
		return words
	}
	for word := range strings.SplitSeq(string(raw), ",") {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// want is an argument that must be there. Slack says so in the words of its schema.
func (a *args) want(name string) (string, error) {
	if v := a.text(name); v != "" {
		return v, nil
	}
	return "", refuse("invalid_arguments", "[ERROR] missing required field: "+name)
}

// has says whether an argument was sent, be it empty. JSON's null was not sent.
func (a *args) has(name string) bool {
	if a.json == nil {
		return a.form.Has(name)
	}
	value, there := a.json[name]
	return there && string(value) != "null"
}
