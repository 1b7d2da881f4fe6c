package endtoend

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
)

// taught is within what time a deployed function's commands must be known, on a busy machine.
const taught = patience

// TestDeployingTeaches deploys a function that nobody knows of. Its commands are there at once and go with it, and nothing
// is restarted.
func TestDeployingTeaches(t *testing.T) {
	t.Parallel()
	s := start(t)
	ann := s.telnet("ann")
	ann.Say("kettle colour")
	ann.see("I do not know “kettle colour”")
	before, _ := s.find("command")

	s.deployPlugin()
	if !within(taught, func() bool { ann.Say("kettle colour"); return hears(ann, "The kettle is red.") }) {
		t.Fatal("the bot was not taught")
	}
	ann.Say("help kettle")
	ann.see("Boil water until somebody takes it off")
	ann.Say("kettle boil cups=5")
	var id string
	s.eventually("a job of it", func() bool { id = jobIn(ann.Heard()); return id != "" })
	ann.see("boiling 5 cups")
	ann.Say("cancel " + id)
	ann.see("evidence:  the kettle is off the stove")
	ann.see("left:      warm water")

	s.remove("kettle")
	if !within(taught, func() bool { ann.Say("kettle colour"); return hears(ann, "I do not know “kettle colour”") }) {
		t.Error("the commands stayed when their function had gone")
	}
	if after, alive := s.find("command"); after != before || !alive {
		t.Error("the function command was restarted")
	}
}

// hears looks whether an answer comes, for as long as answers take.
func hears(d door, text string) bool {
	return within(time.Second, func() bool { return strings.Contains(d.Heard(), text) })
}

// remove deletes a function as faas-cli does.
func (s *system) remove(function string) {
	s.Helper()
	password, err := s.home.ReadSecret(home.SecretGateway)
	s.must(err)
	request, err := http.NewRequestWithContext(s.Context(), http.MethodDelete, s.ports.GatewayURL()+"/system/functions",
		strings.NewReader(`{"functionName":"`+function+`"}`))
	s.must(err)
	request.SetBasicAuth("admin", password)
	response, err := http.DefaultClient.Do(request)
	s.must(err)
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusAccepted {
		s.Fatalf("delete %s: %s", function, response.Status)
	}
}
