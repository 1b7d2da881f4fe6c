package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// markParameter is the parameter that carries our job's id into Jenkins, where a job declares it.
const markParameter = "HANDSOFF_JOB"

// Limits of what one build may be given.
const (
	maxParameters = 200
	maxValue      = 64 << 10 // bytes of one value
)

// kind is what sort of value a parameter takes.
type kind int

const (
	unknownKind kind = iota
	textKind
	boolKind
	choiceKind
	passwordKind
	runKind
	credentialsKind
	fileKind
	validatedKind
)

var kinds = map[string]kind{
	"StringParameterDefinition":           textKind,
	"TextParameterDefinition":             textKind,
	"BooleanParameterDefinition":          boolKind,
	"ChoiceParameterDefinition":           choiceKind,
	"PasswordParameterDefinition":         passwordKind,
	"RunParameterDefinition":              runKind,
	"CredentialsParameterDefinition":      credentialsKind,
	"FileParameterDefinition":             fileKind,
	"StashedFileParameterDefinition":      fileKind,
	"Base64FileParameterDefinition":       fileKind,
	"ValidatingStringParameterDefinition": validatedKind,
}

func kindOf(parameter remote.Parameter) kind {
	name := parameter.Type
	if name == "" {
		name = parameter.Class
	}
	return kinds[name[strings.LastIndexByte(name, '.')+1:]]
}

func defaultText(parameter remote.Parameter) string {
	if parameter.Default == nil || parameter.Default.Value == nil {
		return ""
	}
	return chat.Brief(fmt.Sprint(parameter.Default.Value), 80)
}

// filling is what a build is given.
type filling struct {
	values   map[string]string
	secrets  []string // names of the parameters whose values must not be shown
	warnings []string // sentences
}

// fill checks what was given against what the job declares. What is not given takes Jenkins' default, by not being sent.
// The error is a sentence.
func fill(job string, declared []remote.Parameter, given map[string]string) (*filling, error) {
	if len(given) > maxParameters {
		return nil, fmt.Errorf("a build takes at most %d parameters", maxParameters)
	}
	f := &filling{values: map[string]string{}}
	byName := map[string]remote.Parameter{}
	for _, parameter := range declared {
		byName[parameter.Name] = parameter
		if kindOf(parameter) == passwordKind {
			f.secrets = append(f.secrets, parameter.Name)
		}
	}
	for _, name := range sorted(given) {
		parameter, ok := byName[name]
		if !ok {
			return nil, unknownParameter(job, name, declared)
		}
		value, err := convert(parameter, given[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		f.values[name] = value
		if kindOf(parameter) == unknownKind {
			f.warnings = append(f.warnings, fmt.Sprintf("%s is %s, which is not known here; it is sent as text.", name, typeName(parameter)))
		}
	}
	f.warnings = append(f.warnings, missingFiles(declared)...)
	return f, nil
}

func typeName(parameter remote.Parameter) string {
	class := parameter.Class[strings.LastIndex(parameter.Class, ".")+1:] // a plugin's type may say something else
	return chat.Brief(strings.TrimSuffix(cmp.Or(class, parameter.Type), "Definition"), 60)
}

func missingFiles(declared []remote.Parameter) []string {
	var warnings []string
	for _, parameter := range declared {
		if kindOf(parameter) == fileKind {
			warnings = append(warnings, fmt.Sprintf("The build gets no file %s: files cannot be sent from here.", parameter.Name))
		}
	}
	return warnings
}

func unknownParameter(job, name string, declared []remote.Parameter) error {
	if name == markParameter {
		return fmt.Errorf("%s is filled in by handsoff", markParameter)
	}
	var names []string
	for _, parameter := range declared {
		if parameter.Name != markParameter {
			names = append(names, parameter.Name)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("%s takes no parameters, so not %s either", job, name)
	}
	slices.Sort(names)
	if near := command.Nearest(name, names); len(near) > 0 {
		return fmt.Errorf("%s has no parameter %s; perhaps you meant %s", job, name, near[0])
	}
	return fmt.Errorf("%s has no parameter %s; it has %s", job, name, strings.Join(names, ", "))
}

func convert(parameter remote.Parameter, value string) (string, error) {
	if len(value) > maxValue {
		return "", fmt.Errorf("a value has at most %d bytes", maxValue)
	}
	if parameter.Name == markParameter {
		return "", fmt.Errorf("%s is filled in by handsoff", markParameter)
	}
	switch kindOf(parameter) {
	case boolKind:
		return convertBool(value)
	case choiceKind:
		return convertChoice(parameter.Choices, value)
	case runKind:
		return convertRun(parameter.Project, value)
	case fileKind:
		return "", fmt.Errorf("files cannot be sent from here; start this build in Jenkins, or leave the file out")
	case validatedKind:
		return value, validate(parameter, value)
	case textKind, passwordKind, credentialsKind, unknownKind:
	}
	return value, nil
}

func convertBool(value string) (string, error) {
	switch strings.ToLower(value) {
	case "true", "yes", "on", "1":
		return "true", nil
	case "false", "no", "off", "0":
		return "false", nil
	}
	return "", fmt.Errorf("true or false is needed, not %s", chat.Quote(value, 80))
}

func convertChoice(choices []string, value string) (string, error) {
	if len(choices) == 0 || slices.Contains(choices, value) {
		return value, nil
	}
	return "", fmt.Errorf("%s is not one of %s", chat.Quote(value, 80), chat.Brief(strings.Join(choices, ", "), 400))
}

// convertRun takes 12, #12 and job#12, and gives the last form, which is Jenkins'.
func convertRun(project, value string) (string, error) {
	name, number, found := strings.Cut(value, "#")
	if !found {
		name, number = "", value
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 {
		return "", fmt.Errorf("a build's number is needed, as 12 or %s#12, not %s", project, chat.Quote(value, 80))
	}
	if name == "" {
		name = project
	}
	return fmt.Sprintf("%s#%d", name, n), nil
}

// validate spares a round trip where Go understands the job's regular expression; Jenkins checks it in any case.
func validate(parameter remote.Parameter, value string) error {
	if parameter.Regex == "" {
		return nil
	}
	pattern, err := regexp.Compile(`^(?:` + parameter.Regex + `)$`)
	if err != nil || pattern.MatchString(value) {
		return nil //nolint:nilerr // a Java expression that Go does not know is left to Jenkins
	}
	if parameter.Complaint != "" {
		return fmt.Errorf("%s", chat.Brief(parameter.Complaint, 200))
	}
	return fmt.Errorf("it must match %s", chat.Brief(parameter.Regex, 200))
}
