package inbox

import (
	"fmt"
	"time"
)

// soonest is the shortest wait that a handler can ask for.
const soonest = 10 * time.Millisecond

// Later is a handler's "not yet": the delivery is handed to it again in d, at least ten milliseconds, and that is no
// failure: the attempt is not counted, and the time does not count towards Options.GiveUp. It holds the delivery's lane
// back. A repetition by the sender may bring the delivery back earlier.
func Later(d time.Duration) error { return later{max(d, soonest)} }

type later struct{ wait time.Duration }

func (l later) Error() string { return fmt.Sprintf("not yet; again in %s", l.wait) }
