package deployment

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/shared/command"
)

// ErrInvalid is wrapped by every refusal of a deployment.
var ErrInvalid = errors.New("not a valid deployment")

// Kubernetes' rules, so that what can be deployed here can be deployed there.
var (
	nameRule  = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)
	keyRule   = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$`)
	valueRule = regexp.MustCompile(`^([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$`)
	envRule   = regexp.MustCompile(`^[-._a-zA-Z][-._a-zA-Z0-9]*$`)
)

// The limits of a deployment.
const (
	maxAnnotations = 256 << 10
	maxEnv         = 64 << 10
	maxSecrets     = 64
	// faasd keeps an annotation as a label of containerd's under a longer name, and containerd takes name and value of a label up to a size.
	maxAnnotation    = 4096
	faasdAnnotations = "com.openfaas.annotations."
)

// Validate says in a sentence what Kubernetes, faasd, or this provider, would refuse.
func Validate(d types.FunctionDeployment) error {
	if !nameRule.MatchString(d.Service) {
		return fmt.Errorf("%w: the name %q must begin with a small letter and hold small letters, digits and hyphens, "+
			"at most 63", ErrInvalid, d.Service)
	}
	if d.Image == "" {
		return fmt.Errorf("%w: function %s has no image", ErrInvalid, d.Service)
	}
	if len(d.Secrets) > maxSecrets {
		return fmt.Errorf("%w: function %s names more than %d secrets", ErrInvalid, d.Service, maxSecrets)
	}
	if err := validateEnv(d); err != nil {
		return err
	}
	if err := validateResources(d); err != nil {
		return err
	}
	if err := validateLabels(d); err != nil {
		return err
	}
	return validateAnnotations(d)
}

func validateEnv(d types.FunctionDeployment) error {
	size := 0
	for key, value := range d.EnvVars {
		if !envRule.MatchString(key) {
			return fmt.Errorf("%w: function %s: %q is not the name of an environment variable", ErrInvalid, d.Service, key)
		}
		for i := range len(value) {
			if value[i] == 0 {
				return fmt.Errorf("%w: function %s: the environment variable %s holds a NUL", ErrInvalid, d.Service, key)
			}
		}
		size += len(key) + len(value)
	}
	if size > maxEnv {
		return fmt.Errorf("%w: function %s has more than %d bytes of environment", ErrInvalid, d.Service, maxEnv)
	}
	return nil
}

func validateLabels(d types.FunctionDeployment) error {
	if d.Labels == nil {
		return nil
	}
	for key, value := range *d.Labels {
		if !keyRule.MatchString(key) || !valueRule.MatchString(value) {
			return fmt.Errorf("%w: function %s: the label %s=%q is not as Kubernetes wants it: at most 63 letters, digits, "+
				"dots, hyphens and underscores", ErrInvalid, d.Service, key, value)
		}
	}
	return nil
}

func validateAnnotations(d types.FunctionDeployment) error {
	if d.Annotations == nil {
		return nil
	}
	size := 0
	for key, value := range *d.Annotations {
		if !keyRule.MatchString(key) {
			return fmt.Errorf("%w: function %s: %q is not the name of an annotation", ErrInvalid, d.Service, key)
		}
		if room := maxAnnotation - len(faasdAnnotations) - len(key); len(value) > room {
			return fmt.Errorf("%w: function %s: the annotation %s has %d bytes, and faasd takes %d; commands may be in several, such as %s.2",
				ErrInvalid, d.Service, key, len(value), room, command.Annotation)
		}
		size += len(key) + len(value)
	}
	if size > maxAnnotations {
		return fmt.Errorf("%w: function %s has more than %d bytes of annotations", ErrInvalid, d.Service, maxAnnotations)
	}
	return nil
}
