package question

import (
	"encoding/json"
	"fmt"
)

func decode(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read a checkpoint: %w", err)
	}
	return nil
}
