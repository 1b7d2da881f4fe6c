package endtoend

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// entryOfNew is what `faas-cli new --lang handsoff-go my-function` writes into the stack file.
const entryOfNew = `version: 1.0
provider:
  name: openfaas
  gateway: http://127.0.0.1:8080
functions:
  my-function:
    lang: handsoff-go
    handler: ./my-function
    image: my-function:latest

`

// TestAScaffoldTeaches begins a plugin as its author does, outside of this repository, and deploys it: the bot has its command.
func TestAScaffoldTeaches(t *testing.T) {
	t.Parallel()
	s := start(t)
	ann := s.telnet("ann")
	ann.Say("greet")
	ann.see("I do not know “greet”")
	file := s.scaffold()
	s.run("build", "-home", string(s.home), "-f", file)
	s.run("deploy", "-home", string(s.home), "-f", file)
	if !within(taught, func() bool { ann.Say("greet"); return hears(ann, "Hello telnet:ann!") }) {
		t.Fatal("the bot was not taught")
	}
	ann.Say("greet world")
	ann.see("Hello world!")
	ann.Say("help greet")
	ann.see("Say hello to somebody")
	// Whoever has no key of ours is not answered, nor is a repetition.
	if status, _ := s.request("/function/my-function", []byte(`{"command":"greet"}`), "a key that nobody gave out"); status != 401 {
		t.Errorf("a stranger is answered %d", status)
	}
}

// scaffold begins a plugin in a folder of its own, with the ordinary faas-cli where FAAS_CLI names one, and returns its stack file.
func (s *system) scaffold() string {
	s.Helper()
	dir := s.TempDir()
	file := filepath.Join(dir, "stack.yaml")
	if program := os.Getenv("FAAS_CLI"); program != "" {
		s.must(os.CopyFS(filepath.Join(dir, "template"), os.DirFS(filepath.Join(project, "templates"))))
		cmd := exec.CommandContext(s.Context(), program, "new", "--lang", "handsoff-go", "my-function")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			s.Fatalf("faas-cli new: %v\n%s", err, out)
		}
	} else {
		s.must(os.CopyFS(filepath.Join(dir, "my-function"), os.DirFS(filepath.Join(project, "templates", "handsoff-go", "function"))))
		s.must(os.WriteFile(file, []byte(entryOfNew), 0o600))
	}
	written, err := os.ReadFile(file)
	s.must(err)
	if string(written) != entryOfNew {
		s.Errorf("faas-cli writes another entry now:\n%s", written)
	}
	brings, err := os.ReadFile(filepath.Join(dir, "my-function", "entry.yml"))
	s.must(err)
	s.must(os.WriteFile(file, append(written, brings...), 0o600))
	return file
}
