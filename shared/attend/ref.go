package attend

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/shared/process"
)

// markName is the variable in the environment of all that a program starts.
const markName = "HANDSOFF_ATTENDED"

// Ref names a keeper, and what it keeps, for whoever takes a job over.
type Ref struct {
	Keeper process.Ref `json:"keeper"`
	// Namespace is the kernel's name of the process namespace (container) in which Keeper.PID means something.
	Namespace string `json:"namespace"`
	Host      string `json:"host"`
	// Mark is in the environment of the program and of what it started. It is no secret.
	Mark string `json:"mark"`
}

// Sighting is what Look saw.
type Sighting string

const (
	// Gone says that it is this machine, and that neither the keeper nor anything of its program is there any more.
	Gone Sighting = "gone"
	// Alive says that it still runs. The keeper is ending it, unless its function lives.
	Alive Sighting = "alive"
	// Elsewhere says that it was on another machine or in another container, where it cannot be seen.
	Elsewhere Sighting = "elsewhere"
)

// Look says whether a program of an earlier attempt still runs. Where its keeper was killed together with its function,
// it ends what they left: the caller holds the job, so nobody else answers for it.
func Look(ref Ref) Sighting {
	here, err := refOf(os.Getpid())
	if err != nil || !here.sees(ref) {
		return Elsewhere
	}
	if ref.Keeper.Alive() {
		_ = ref.Keeper.Signal(unix.SIGCONT) // one that somebody stopped could not do its work
		return Alive
	}
	if len(ref.end(false)) > 0 {
		return Alive
	}
	return Gone
}

// sees reports whether a process identifier of other is one of this process's too. After a reboot, and in another
// container, nothing can be known. A namespace's number is only given again when all in it have ended.
func (r Ref) sees(other Ref) bool {
	return r.Keeper.Boot == other.Keeper.Boot && r.Keeper.Boot != process.NoBoot && r.Namespace == other.Namespace && r.Host == other.Host
}

// refOf names a process of this machine.
func refOf(pid int) (Ref, error) {
	keeper, err := process.Find(pid)
	if err != nil {
		return Ref{}, fmt.Errorf("name process %d: %w", pid, err)
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return Ref{}, fmt.Errorf("name the process namespace: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		return Ref{}, fmt.Errorf("name the host: %w", err)
	}
	return Ref{Keeper: keeper, Namespace: namespace, Host: host}, nil
}

func newMark() (string, error) {
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make a mark: %w", err)
	}
	return hex.EncodeToString(raw), nil
}

// settle is how long what was killed is awaited.
const settle = 2 * time.Second

// end kills what a keeper that was killed left, and returns what would not go. fresh says that the keeper died just now.
func (r Ref) end(fresh bool) []process.Seen {
	ctx, cancel := context.WithTimeout(context.Background(), settle)
	defer cancel()
	left := r.remains(fresh)
	for len(left) > 0 && ctx.Err() == nil {
		for _, s := range left {
			_ = s.Signal(unix.SIGKILL)
		}
		for _, s := range left {
			_ = s.Wait(ctx)
		}
		left = r.remains(fresh)
	}
	return left
}

// remains finds them by the mark, which they carry unless they changed their environment, and by the keeper's session,
// in which they are unless they left it. The session's number can be a stranger's after some time; it is not while one
// that carries the mark is in it.
func (r Ref) remains(fresh bool) []process.Seen {
	all, err := process.All()
	if err != nil {
		return nil
	}
	var marked, session []process.Seen
	for _, s := range all {
		if s.Dead || s.PID == os.Getpid() || s.PID == r.Keeper.PID || s.Start < r.Keeper.Start {
			continue
		}
		switch inside, carries := s.Session == r.Keeper.PID, r.marks(s.PID); {
		case carries:
			marked = append(marked, s)
			fresh = fresh || inside
		case inside:
			session = append(session, s)
		}
	}
	if !fresh {
		return marked
	}
	return append(marked, session...)
}

func (r Ref) marks(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	return err == nil && r.Mark != "" && bytes.Contains(append([]byte{0}, raw...), []byte("\x00"+markName+"="+r.Mark+"\x00"))
}
