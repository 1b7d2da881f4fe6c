package resource_test

import (
	"testing"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/resource"
)

// What is not there is seen to be Absent, whatever its kind, alone and with others: who takes something back waits for that word.
func TestWhatIsNotThereIsAbsent(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const none, other = "6f0a8f2e-0000-4000-8000-000000000001", "6f0a8f2e-0000-4000-8000-000000000002"
	for _, kind := range resource.Kinds() {
		ids := []string{none, other}
		if kind == resource.KindAttachment {
			ids = []string{none + "/" + other, other + "/" + none}
		}
		for n := range ids {
			seen, err := l.kind(kind).Look(t.Context(), l.at(kind), ids[n:])
			if cloud.Is(err, cloud.Missing) { // not every cloud has every service
				break
			}
			for _, id := range ids[n:] {
				if thing, told := seen[id]; err != nil || !told || thing.State != resource.Absent {
					t.Errorf("%s %s: %+v %v", kind, id, thing, err)
				}
			}
		}
	}
}
