package remote

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// The results of a build.
const (
	Success  = "SUCCESS"
	Unstable = "UNSTABLE"
	Failure  = "FAILURE"
	Aborted  = "ABORTED"
	NotBuilt = "NOT_BUILT"
)

// Build is one run of a job. Times are Jenkins' own, in milliseconds.
type Build struct {
	Class     string  `json:"_class"`
	Number    int64   `json:"number"`
	URL       string  `json:"url"`
	QueueID   int64   `json:"queueId"`
	Building  bool    `json:"building"`
	Result    string  `json:"result"` // empty until it is known
	Timestamp int64   `json:"timestamp"`
	Estimated int64   `json:"estimatedDuration"` // -1 when unknown
	Duration  int64   `json:"duration"`
	Actions   Actions `json:"actions"`

	now time.Time
}

// Pipeline reports whether the build is a Pipeline's: only those have inputs, and can be stopped harder.
func (b *Build) Pipeline() bool { return strings.HasSuffix(b.Class, ".WorkflowRun") }

// Now is Jenkins' clock when it told of the build.
func (b *Build) Now() time.Time { return b.now }

// Elapsed is for how long it has run, by Jenkins' clock.
func (b *Build) Elapsed() time.Duration { return max(0, b.now.Sub(time.UnixMilli(b.Timestamp))) }

// Expected is how long Jenkins thinks that it takes; 0 when it does not know.
func (b *Build) Expected() time.Duration { return max(0, time.Duration(b.Estimated)*time.Millisecond) }

const buildFields = "number,url,queueId,building,result,timestamp,estimatedDuration,duration," + actionFields

// Build reads one build.
func (c *Client) Build(ctx context.Context, job string, number int64) (*Build, error) {
	var build Build
	got, err := c.read(ctx, ask{
		doing: fmt.Sprintf("reading %s #%d", job, number), path: BuildPath(job, number),
		query: map[string]string{"tree": buildFields},
	}, &build)
	if err != nil {
		return nil, err
	}
	build.now = got.now()
	return &build, nil
}

// BuildPage is how many builds History gives at once.
const BuildPage = 100

// History is a stretch of a job's builds, the newest first.
type History struct {
	Next   int64   `json:"nextBuildNumber"` // the number that the next build will have
	Builds []Build `json:"allBuilds"`
}

// History lists builds, from the place-th newest on (0 for the newest). Jenkins' shorter list, "builds", would end after
// the hundred newest.
func (c *Client) History(ctx context.Context, job string, place int) (*History, error) {
	var history History
	_, err := c.read(ctx, ask{
		doing: "reading the builds of " + job, path: Path(job),
		query: map[string]string{"tree": fmt.Sprintf("nextBuildNumber,allBuilds[%s]{%d,%d}", buildFields, place, place+BuildPage)},
	}, &history)
	if err != nil {
		return nil, err
	}
	return &history, nil
}
