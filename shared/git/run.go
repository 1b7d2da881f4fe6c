package git

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
)

// Watch is told what git does. Every field may be nil.
type Watch struct {
	// Progress gets what git says of how far it has come.
	Progress func(Progress)
	// Line gets every other line that git says, harmless and without secrets, 4 kB at most.
	Line func(string)
	// Begin is called with the name of git's keeper before git may do anything; its error keeps git from beginning.
	Begin func(attend.Ref) error
	// Told is called with each signal that git is sent when ctx ends.
	Told func(signal string)
	// Waiting is called when somebody else works with the same cache, and is waited for.
	Waiting func()
	// Held says how long ago it was last sure that nobody else does the same: after maxUnheld git is ended.
	Held func() time.Duration
}

const (
	// maxUnheld is for how long a git may run whose function cannot tell whether the job is still its own.
	maxUnheld = 45 * time.Second
	// heldLook is how often that is looked at.
	heldLook = time.Second
	// maxOutput bounds what a git may print that is kept as a whole: a patch, say.
	maxOutput = 8 << 20
)

// ErrUnheld says that git was ended because it could no longer be told whether somebody else does the same.
var ErrUnheld = errors.New("git: it cannot be told any more whether the job is still ours")

// StuckError says that git was killed, and that something of it would not go.
type StuckError struct{ Left []string }

// Error implements error.
func (e *StuckError) Error() string {
	return "git was killed and would not go: " + strings.Join(e.Left, ", ")
}

// stopWaits are what git has to clean up after itself when it is interrupted.
var stopWaits = attend.Waits{Term: 2 * time.Second, Kill: 2 * time.Second}

// task is one run of git.
type task struct {
	args  []string
	to    Address // what it reaches; zero for none
	dir   string
	env   []string // further environment
	stdin []byte
	watch Watch
	// each gets what it prints line by line, without the line's end, and nothing is kept of it; nil has it returned as a whole. Its error ends git.
	each func(line string) error
}

// run runs git to its end and returns what it printed, unless each takes that. When ctx ends, git is stopped with all that it started, and
// the cause is the error. A git that fails gives a *Fault.
func (r *Repositories) run(ctx context.Context, f *folder, t task) (string, error) {
	env, hide, err := r.environment(f, t.to)
	if err != nil {
		return "", err
	}
	said := newListener(hide, t.watch)
	output := newOutput(t.each, hide)
	stdin := t.stdin
	program, err := attend.Start(attend.Spec{
		Path: r.section.Program, Args: t.args, Env: append(env, t.env...), Dir: t.dir, Stdin: stdin, Output: output, Errors: said,
	})
	if err != nil {
		return "", fmt.Errorf("start git: %w", err)
	}
	if t.watch.Begin != nil {
		if err := t.watch.Begin(program.Ref()); err != nil {
			return "", errors.Join(err, halt(program, Watch{}))
		}
	}
	if err := ctx.Err(); err != nil {
		return "", errors.Join(context.Cause(ctx), halt(program, Watch{}))
	}
	if err := program.Go(); err != nil {
		return "", fmt.Errorf("start git: %w", err)
	}
	if err := attendTo(ctx, program, t.watch, output.refused); err != nil {
		return "", err
	}
	said.flush()
	return hide.Text(output.text.String()), conclude(t, program.Exit(), said, output)
}

// attendTo waits for the end, or brings it about. A git whose output is refused is ended.
func attendTo(ctx context.Context, program *attend.Attended, w Watch, refused <-chan struct{}) error {
	ticker := time.NewTicker(heldLook)
	defer ticker.Stop()
	for {
		select {
		case <-program.Done():
			return nil
		case <-refused:
			return halt(program, w)
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), halt(program, w))
		case <-ticker.C:
			if w.Held != nil && w.Held() > maxUnheld {
				return errors.Join(ErrUnheld, halt(program, w))
			}
		}
	}
}

// halt ends git, and looks until it is gone.
func halt(program *attend.Attended, w Watch) error {
	ended, err := program.Stop(context.Background(), stopWaits, w.Told)
	if err != nil {
		return err
	}
	if len(ended.Left) > 0 {
		return &StuckError{Left: ended.Left}
	}
	return nil
}

func conclude(t task, exit attend.Exit, said *listener, output *output) error {
	switch why := output.finish(); {
	case why != nil:
		return &Fault{Kind: Odd, Sentence: why.Error(), To: t.to}
	case exit.Trouble != "":
		return &Fault{Kind: Dropped, Sentence: "git could not be attended: " + exit.Trouble, To: t.to}
	case exit.Code == 0:
		return nil
	}
	return classify(t.to, exit, said.last)
}

// command puts git's own options before a subcommand and its arguments.
func command(gitDir string, args ...string) []string {
	return slices.Concat([]string{"--git-dir=" + gitDir, "--literal-pathspecs"}, args)
}
