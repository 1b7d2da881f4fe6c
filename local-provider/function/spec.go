// Package function runs deployed functions as processes: started on the first request, several at will, stopped when
// idle, started again after a crash, adopted after the provider's own death.
package function

import (
	"fmt"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/image"
)

// Namespace is the only one there is.
const Namespace = "openfaas-fn"

const (
	// defaultTimeout is of-watchdog's for exec_timeout, read_timeout and write_timeout.
	defaultTimeout = 30 * time.Second
	// defaultIdle is how long a function is kept without a request.
	defaultIdle = 15 * time.Minute
	// minIdle keeps a careless label from stopping a function between two requests of one conversation.
	minIdle = 100 * time.Millisecond

	labelKeep = "com.openfaas.scale.zero"
	labelIdle = "com.openfaas.scale.zero-duration"

	// MaxReplicas bounds the processes of one function, as the Community Edition does.
	MaxReplicas = 5
)

// Timeouts bound one call. Zero means no bound.
type Timeouts struct {
	// Exec bounds the whole call; the caller is answered 504.
	Exec time.Duration
	// Read bounds the reading of the request's body, Write the time until the answer's last byte.
	Read, Write time.Duration
}

// Spec is what is needed to run one function.
type Spec struct {
	Name       string
	Revision   string
	Executable string
	Env        map[string]string
	Secrets    []string
	Timeouts   Timeouts
	// Idle is the time without a request after which the processes are stopped; 0 keeps them.
	Idle time.Duration
}

// SpecOf reads a deployment. The error says, in a sentence, what is wrong with it.
func SpecOf(record deployment.Record, images image.Folder) (Spec, error) {
	path, err := images.Find(record.Image)
	if err != nil {
		return Spec{}, fmt.Errorf("function %s: %w", record.Service, err)
	}
	spec := Spec{
		Name: record.Service, Revision: record.Revision, Executable: path,
		Env: record.EnvVars, Secrets: record.Secrets, Idle: defaultIdle,
		Timeouts: Timeouts{Exec: defaultTimeout, Read: defaultTimeout, Write: defaultTimeout},
	}
	for key, into := range map[string]*time.Duration{
		"exec_timeout": &spec.Timeouts.Exec, "read_timeout": &spec.Timeouts.Read, "write_timeout": &spec.Timeouts.Write,
	} {
		if text, ok := record.EnvVars[key]; ok {
			if *into, err = duration(text); err != nil {
				return Spec{}, fmt.Errorf("function %s: environment %s: %w", record.Service, key, err)
			}
		}
	}
	if record.Labels != nil {
		if spec.Idle, err = idle(*record.Labels); err != nil {
			return Spec{}, fmt.Errorf("function %s: %w", record.Service, err)
		}
	}
	return spec, nil
}

func idle(labels map[string]string) (time.Duration, error) {
	if labels[labelKeep] == "false" {
		return 0, nil
	}
	text, ok := labels[labelIdle]
	if !ok {
		return defaultIdle, nil
	}
	d, err := duration(text)
	if err != nil {
		return 0, fmt.Errorf("label %s: %w", labelIdle, err)
	}
	return max(d, minIdle), nil
}

// duration reads what of-watchdog reads: a Go duration, or whole seconds.
func duration(text string) (time.Duration, error) {
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 && seconds <= 365*24*3600 {
		return time.Duration(seconds) * time.Second, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a time; write it like 30s or 5m", text)
	}
	return d, nil
}
