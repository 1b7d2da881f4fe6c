package template

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// secretForm is what the name of a secret looks like: a file's.
var secretForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// ours are the bot's own secrets, which no environment is given. Those that begin with "handsoff-" are, too.
var ours = []string{"redis-password", "clouds.yaml", "metrics-token"}

// settleSecret checks the declaration of a parameter that stands for a secret. Its value is never what somebody types: its choices, or its default alone, are the
// names of secrets that the function was given, and whoever asks chooses among them.
func (p *Parameter) settleSecret(pattern string) error {
	name, isText := p.Default.(string)
	switch {
	case p.Type != "string" && p.Type != "choice", pattern != "":
		return errors.New("a secret has no type and no pattern: it is the name of a secret")
	case p.Default != nil && !isText, p.Default == nil && len(p.Choices) == 0:
		return errors.New("a secret needs choices, or a default: the names of the secrets that it may be")
	case len(p.Choices) == 0:
		p.Choices = []string{name}
	}
	p.Type = "choice"
	for _, one := range p.Choices {
		if !secretForm.MatchString(one) || slices.Contains(ours, one) || strings.HasPrefix(one, "handsoff-") {
			return fmt.Errorf("%.60q cannot be the name of an environment's secret", one)
		}
	}
	return nil
}

// convertSecret refuses what is not the name of one. What was typed is not repeated: it may be the secret itself.
func (p *Parameter) convertSecret(text string) (any, error) {
	if !slices.Contains(p.Choices, text) {
		return nil, fmt.Errorf("is to be the name of a secret, %s, and never the secret itself", strings.Join(p.Choices, " or "))
	}
	return text, nil
}
