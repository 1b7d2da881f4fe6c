// Package callback holds the callback plugin with which ansible-playbook tells how far a run has come, and reads what it
// tells: one line of JSON for each event, on a file descriptor of its own, so that nothing that a playbook prints can be
// taken for it.
package callback

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed handsoff_events.py
var plugin []byte

// Name is the plugin's name, for ANSIBLE_CALLBACKS_ENABLED.
const Name = "handsoff_events"

// Variable is the environment variable that names the file descriptor for events.
const Variable = "HANDSOFF_EVENTS"

// Install writes the plugin into a folder, for ANSIBLE_CALLBACK_PLUGINS.
func Install(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, Name+".py"), plugin, 0o600); err != nil {
		return fmt.Errorf("install the callback plugin: %w", err)
	}
	return nil
}
