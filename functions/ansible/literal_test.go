package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job"
)

// What a person gives is a text, whatever is in it: a template in it would be carried out here, with all that the run was given.
func TestGivenTemplatesAreNotCarriedOut(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	touched := filepath.Join(t.TempDir(), "touched")
	template := `{{ lookup('pipe', 'touch ` + touched + `') }}`
	done := b.run(b.ask("ok", with("name="+template)))
	b.ends(done, job.Succeeded)
	b.says(b.log(done.ID), "hello {{ lookup('pipe', 'touch ")
	if _, err := os.Stat(touched); err == nil {
		t.Error("the template was carried out")
	}
}

// The configuration's own variables may be templates, as in a playbook.
func TestConfiguredTemplatesAreCarriedOut(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded, func(s *settings) {
		edit(s, "ok", func(p *playbook) { p.Vars = map[string]any{"name": "{{ 'every' ~ 'one' }}"} })
	})
	done := b.run(b.ask("ok", nil))
	b.ends(done, job.Succeeded)
	b.says(b.log(done.ID), "hello everyone at a")
}

// Whatever the texts, YAML reads back what was written, and Ansible takes all of them for unsafe.
func TestLiteralVarsAreReadBack(t *testing.T) {
	t.Parallel()
	want := map[string]any{}
	for i, text := range append(rapid.SliceOfN(rapid.String(), 200, 200).Example(1),
		"", "{{ x }}", "a\"b\\c", "\x00\x07\x7f\u0085\u2028\ufeff\ufffe", "😀 %", "line\nline", "true", "007", "- a", "!unsafe") {
		want["v"+string(rune('a'+i%26))+strings.Repeat("x", i/26)] = strings.ToValidUTF8(text, "\ufffd")
	}
	want["list"], want["number"], want["yes"] = []any{"{{ y }}", "2"}, int64(1)<<53, true
	path := filepath.Join(t.TempDir(), "given.yml")
	if err := os.WriteFile(path, literalVars(want), 0o600); err != nil {
		t.Fatal(err)
	}
	const program = `
import json, sys
from ansible.parsing.dataloader import DataLoader
from ansible.utils.unsafe_proxy import AnsibleUnsafe
data = DataLoader().load_from_file(sys.argv[1])
texts = [t for v in data.values() for t in (v if isinstance(v, list) else [v]) if isinstance(t, str)]
assert all(isinstance(t, AnsibleUnsafe) for t in texts), [t for t in texts if not isinstance(t, AnsibleUnsafe)]
print(json.dumps(data))
`
	python, err := interpreter("ansible-playbook")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python[0], append(python[1:], "-c", program, path)...).CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out))
	}
	var got map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	want["number"] = float64(int64(1) << 53)
	if !reflect.DeepEqual(got, want) {
		for name := range want {
			if !reflect.DeepEqual(got[name], want[name]) {
				t.Errorf("%s: %q, want %q", name, got[name], want[name])
			}
		}
	}
}
