package attend_test

import (
	"os/exec"
	"testing"

	"github.com/handsoff/handsoff/shared/attend"
)

// BenchmarkRun is what a program costs that does nothing, attended and not.
func BenchmarkRun(b *testing.B) {
	b.Run("attended", func(b *testing.B) {
		for b.Loop() {
			a, err := attend.Start(attend.Spec{Path: "/bin/true"})
			if err != nil {
				b.Fatal(err)
			}
			if err := a.Go(); err != nil {
				b.Fatal(err)
			}
			<-a.Done()
		}
	})
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			if err := exec.Command("/bin/true").Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
