package home_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/handsoff/handsoff/local-provider/home"
)

// Every address in the sandbox's configuration is one that this home has, whatever its ports.
func TestTheConfigurationFollowsThePorts(t *testing.T) {
	t.Parallel()
	h, err := home.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ports := home.Ports{
		Gateway: 20001, Redis: 20002, Jenkins: 20003, Telnet: 20004, Slack: 20005, GitHub: 20006, Gerrit: 20007, SSH: 20008,
		ARA: 20009, Git: 20010, Cloud: 20011, IRC: 20012,
	}
	if _, err := h.CopyConfig(filepath.Join("..", "..", "config", "sandbox.yml"), ports); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(h.Secret(home.SecretConfig))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?:127\.0\.0\.1|localhost):(\d+)`).FindAllSubmatch(text, -1)
	for _, address := range found {
		if port, _ := strconv.Atoi(string(address[1])); port < 20001 || port > 20012 {
			t.Errorf("%s is not of this home", address[0])
		}
	}
	if len(found) < 8 {
		t.Errorf("only %d addresses", len(found))
	}
}
