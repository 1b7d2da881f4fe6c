package life

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// The length of a secret that an environment may be given, in bytes. A shorter one could not be told from other text where it is masked.
const (
	shortestSecret = 6
	longestSecret  = 4096
)

// masked stands for a secret in what a cloud says.
const masked = "***"

// veil puts a word in the place of each secret among the parameters: the plan, which is kept, has the words. wrong says which of them cannot be used.
func (l *Life) veil(t *template.Template, parameters map[string]any) (veiled map[string]any, secrets []environment.Secret, wrong []string, err error) {
	veiled = maps.Clone(parameters)
	for _, p := range t.Parameters {
		name, chosen := parameters[p.Name].(string)
		if !p.Secret || !chosen {
			continue
		}
		if _, why := l.holds(name); why != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %s.", p.Name, why))
			continue
		}
		nonce := make([]byte, 16)
		if _, err := rand.Read(nonce); err != nil {
			return nil, nil, nil, fmt.Errorf("a word for a secret: %w", err)
		}
		one := environment.Secret{Parameter: p.Name, Name: name, Word: "secret-" + hex.EncodeToString(nonce)}
		secrets, veiled[p.Name] = append(secrets, one), one.Word
	}
	return veiled, secrets, wrong, nil
}

// holds reads a secret; why says that it cannot be used. It is put into texts of other people's as it is, so it has nothing that would end a text there.
func (l *Life) holds(name string) (text, why string) {
	raw, err := l.secret(name)
	if err != nil {
		l.log.Error("a secret of an environment cannot be read", "secret", name, "error", err)
		return "", "the function was not given the secret " + name
	}
	text = strings.TrimRight(string(raw), "\r\n")
	odd := func(r rune) bool { return r == '"' || r == '\\' || !unicode.IsPrint(r) }
	switch {
	case len(text) < shortestSecret || len(text) > longestSecret:
		return "", fmt.Sprintf("the secret %s is to have %d to %d bytes", name, shortestSecret, longestSecret)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, odd):
		return "", "the secret " + name + " is to be one line, without quotation marks and backslashes"
	}
	return text, ""
}

// unveil puts what the secrets hold in the place of the words, in a spec that the cloud is about to be asked for.
func (h *hand) unveil(spec json.RawMessage) (json.RawMessage, error) {
	for _, one := range h.env.Secrets {
		if !bytes.Contains(spec, []byte(one.Word)) {
			continue
		}
		text, why := h.holds(one.Name)
		if why != "" {
			return nil, &cloud.Fault{Kind: cloud.Invalid, Cloud: h.env.Cloud, Message: why}
		}
		spec = bytes.ReplaceAll(spec, []byte(one.Word), []byte(text))
	}
	return spec, nil
}

// mask takes what the secrets hold out of a text of the cloud's.
func (h *hand) mask(text string) string {
	for _, one := range h.env.Secrets {
		if held, why := h.holds(one.Name); why == "" {
			text = strings.ReplaceAll(text, held, masked)
		}
	}
	return text
}

// discreet is an error of the cloud's without what the secrets hold.
func (h *hand) discreet(err error) error {
	if err == nil || len(h.env.Secrets) == 0 {
		return err
	}
	f := *cloud.Judge(err)
	f.Message, f.Advice, f.Err = h.mask(f.Message), h.mask(f.Advice), nil
	return &f
}

// quiet does the same for how things are.
func (h *hand) quiet(things map[string]resource.Thing) map[string]resource.Thing {
	if len(h.env.Secrets) == 0 {
		return things
	}
	for id, thing := range things {
		thing.Why = h.mask(thing.Why)
		things[id] = thing
	}
	return things
}
