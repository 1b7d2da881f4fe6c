package config_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
)

// TestPlace: a mistake is where it says, however it says that, else where what it is in stands.
func TestPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		line int
		text string
	}{
		{config.Misplaced(7, "no %s", "steps"), 7, "no steps"},
		{fmt.Errorf("args: %w", config.Misplaced(7, "%w", io.EOF)), 7, "args: EOF"},
		{errors.New("yaml: line 12: did not find ','"), 12, "did not find ','"},
		{errors.New("it is empty"), 3, "it is empty"},
	} {
		if line, text := config.Place(3, c.err); line != c.line || text != c.text {
			t.Errorf("%v is %q in line %d", c.err, text, line)
		}
	}
	if err := config.Misplaced(7, "%w", io.EOF); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
