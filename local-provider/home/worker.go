package home

import (
	"crypto/rand"
	"fmt"
	"os"
	"strings"

	"github.com/handsoff/handsoff/local-provider/durable"
)

// Worker is the name under which this home's provider works for the queue. It is the same in every life of the provider,
// so that the next one knows what the last one had in hand.
func (h Home) Worker() (string, error) {
	path := h.in("run", "worker")
	there, err := exists(path)
	if err != nil {
		return "", err
	}
	if !there {
		name := rand.Text()
		return name, durable.WriteFile(path, []byte(name), 0o600)
	}
	name, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the worker's name: %w", err)
	}
	return strings.TrimSpace(string(name)), nil
}
