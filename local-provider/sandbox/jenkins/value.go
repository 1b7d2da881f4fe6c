package jenkins

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A parameterValue is what a build was given for one parameter.
type parameterValue struct {
	Class string `json:"class"`
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
	// Secret values and uploaded files are not kept, only that there was one.
	Secret bool `json:"secret,omitempty"`
}

// An illegalArgumentError is Java's exception of that name: Jenkins answers it with its error page and 500.
type illegalArgumentError struct{ text string }

func (e illegalArgumentError) Error() string { return e.text }

// shown says which parts of a value the API may show: a password's never, a credential's id and a file not either.
func (v parameterValue) shown() bool {
	switch v.Class {
	case "hudson.model.PasswordParameterValue", "hudson.model.FileParameterValue",
		"com.cloudbees.plugins.credentials.CredentialsParameterValue", "hudson.model.RunParameterValue":
		return false
	default:
		return true
	}
}

// same is Java's equals: values of the types that do not define it are equal when their names are, and a file is equal to
// nothing, so that two uploads are always two builds.
func (v parameterValue) same(w parameterValue) bool {
	if v.Class != w.Class || v.Name != w.Name {
		return false
	}
	switch v.Class {
	case "hudson.model.FileParameterValue":
		return false
	case "hudson.model.PasswordParameterValue", "hudson.model.RunParameterValue",
		"com.cloudbees.plugins.credentials.CredentialsParameterValue":
		return true
	default:
		return v.Value == w.Value
	}
}

// sameValues compares two sets of values.
func sameValues(a, b []parameterValue) bool {
	within := func(v parameterValue, set []parameterValue) bool { return slices.ContainsFunc(set, v.same) }
	for _, v := range a {
		if !within(v, b) {
			return false
		}
	}
	for _, v := range b {
		if !within(v, a) {
			return false
		}
	}
	return true
}

// summary is a value in the `params` of a queue item.
func (v parameterValue) summary() string {
	switch v.Class {
	case "hudson.model.PasswordParameterValue":
		return v.Name + "=****"
	case "hudson.model.RunParameterValue":
		return v.Name + "=" + strings.ReplaceAll(v.Value, "#", " #")
	case "hudson.model.FileParameterValue":
		return "(FileParameterValue) " + v.Name + "='" + v.Value + "'"
	default:
		return v.Name + "=" + v.Value
	}
}

// value makes a value of the definition from text.
func (s *Server) value(d definition, text string) (parameterValue, error) {
	v := parameterValue{Class: d.valueClass(), Name: d.name, Value: text}
	switch d.class {
	case stringParam:
		if d.trim {
			v.Value = strings.TrimSpace(text)
		}
	case booleanParam:
		v.Value = strconv.FormatBool(strings.EqualFold(text, "true"))
	case choiceParam:
		if !d.allows(text) {
			return v, illegalArgumentError{"Illegal choice for parameter " + d.name + ": " + text}
		}
	case runParam:
		if s.runByID(text) == nil {
			return v, illegalArgumentError{text}
		}
	case passwordParam:
		v.Value, v.Secret = "", true
	}
	return v, nil
}

// fallbackValue is the definition's default value; false when it has none.
func (s *Server) fallbackValue(d definition) (parameterValue, bool) {
	switch d.class {
	case fileParam:
		return parameterValue{}, false
	case choiceParam:
		if len(d.choices) == 0 {
			return parameterValue{}, false
		}
		d.fallback = d.choices[0]
	case runParam:
		id, ok := s.defaultRun(d)
		if !ok {
			return parameterValue{}, false
		}
		d.fallback = id
	}
	v, err := s.value(d, d.fallback)
	return v, err == nil
}

// extended is what the extended choice makes of the values of a request: those that it does not offer are dropped without
// a word, so a client that sends "red,blue" as one value ends up with nothing. A text box takes the first as it is.
func (d definition) extended(texts []string) string {
	if d.kind == "PT_TEXTBOX" || d.kind == "PT_HIDDEN" {
		return texts[0]
	}
	var out []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); d.allows(text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, d.delimiter)
}

// requestedValue makes the value of /buildWithParameters: what the request says, else the default.
func (s *Server) requestedValue(d definition, form *form) (parameterValue, bool, error) {
	if d.class == fileParam {
		file, ok := form.files[d.name]
		return parameterValue{Class: d.valueClass(), Name: d.name, Value: file.name}, ok, nil
	}
	texts := form.values(d.name)
	switch {
	case texts == nil:
		v, ok := s.fallbackValue(d)
		return v, ok, nil
	case d.class == extendedParam:
		v, err := s.value(d, d.extended(texts))
		return v, true, err
	case len(texts) != 1:
		return parameterValue{}, false, illegalArgumentError{
			fmt.Sprintf("Illegal number of parameter values for %s: %d", d.name, len(texts)),
		}
	}
	v, err := s.value(d, texts[0])
	return v, true, err
}
