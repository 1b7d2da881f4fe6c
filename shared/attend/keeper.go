package attend

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Main serves as keeper, and does not return, when this program was started as one. It is the first line of the main of
// every program that attends another.
func Main() {
	if len(os.Args) == 0 || os.Args[0] != keeperName {
		able.Store(true)
		return
	}
	// What the program gets when this thread ends must not be sent while the keeper still lives.
	runtime.LockOSThread()
	if err := keep(); err != nil {
		fmt.Fprintln(os.Stderr, keeperName+": "+err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

// tick is how often the keeper looks without being woken.
const tick = 100 * time.Millisecond

// keeper stands between a function and a program.
type keeper struct {
	conn  net.Conn
	begin beginning
	// silence is for how long nothing was heard, counted in the keeper's own ticks: time that the whole machine slept, or
	// the keeper was stopped itself, is not the function's silence.
	silence time.Duration

	program int  // its identifier, which is also its group's; 0 before Go
	over    bool // the program has ended
	none    bool // nothing is below the keeper, as the kernel says

	way   []step // what is to be done, the first one now; none while nothing is to be ended
	since time.Duration
	named bool
}

// keep attends one program to its end.
func keep() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("become the parent of orphans: %w", err)
	}
	// A handler, rather than to ignore them: what is ignored stays ignored in the program, and it could not be interrupted.
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, unix.SIGINT, unix.SIGHUP, unix.SIGTERM)
	children := make(chan os.Signal, 1)
	signal.Notify(children, unix.SIGCHLD)
	// A crashed program's memory, secrets in it, is not written down.
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})

	conn, err := control()
	if err != nil {
		return err
	}
	orders := json.NewDecoder(conn)
	k := &keeper{conn: conn}
	var first order
	if err := orders.Decode(&first); err != nil || first.Begin == nil {
		return nil //nolint:nilerr // the function died in that moment, and nothing has begun
	}
	k.begin = *first.Begin
	k.tell(notice{Ready: true})
	heard := make(chan order)
	go func() {
		defer close(heard)
		for {
			var next order
			if err := orders.Decode(&next); err != nil {
				return
			}
			heard <- next
		}
	}()
	return k.serve(heard, children)
}

// control is the line to the function. Neither it, nor what waits for the program, nor what the function was started
// with itself is inherited by accident: the program must not hold the line open.
func control() (net.Conn, error) {
	if unix.CloseRange(controlDescriptor, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC) != nil { // before Linux 5.11
		for descriptor := controlDescriptor; descriptor <= eventsDescriptor; descriptor++ {
			unix.CloseOnExec(descriptor)
		}
	}
	file := os.NewFile(controlDescriptor, "control")
	conn, err := net.FileConn(file)
	return conn, errors.Join(err, file.Close())
}

func (k *keeper) serve(heard <-chan order, children <-chan os.Signal) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case next, there := <-heard:
			if !there {
				heard = nil
				k.abandon("")
				break
			}
			k.silence = 0
			k.obey(next)
		case <-children:
		case <-ticker.C:
			k.silence += tick
			k.since += tick
			if k.silence > k.begin.Patience {
				k.abandon("the function was not heard for " + k.begin.Patience.String() + ", so the program was ended")
			}
		}
		k.reap()
		if k.descend() {
			k.tell(notice{Gone: true})
			return nil
		}
	}
}

func (k *keeper) obey(o order) {
	switch {
	case o.Go && k.program == 0 && k.way == nil:
		k.start()
	case o.Stop != nil:
		k.stop(*o.Stop)
	}
}

// start begins the program as the leader of a group of its own. It is killed by the kernel if the keeper is.
func (k *keeper) start() {
	files := []uintptr{inputDescriptor, outputDescriptor, errorsDescriptor}
	if k.begin.Events {
		files = append(files, eventsDescriptor)
	}
	pid, err := forkExec(k.begin, files)
	// From here on only the program holds the ends of the pipes, so that the function sees them close.
	for descriptor := inputDescriptor; descriptor <= eventsDescriptor; descriptor++ {
		if descriptor < eventsDescriptor || k.begin.Events {
			_ = unix.Close(descriptor)
		}
	}
	if err != nil {
		k.way = everything(k.begin.Polite)
		k.tell(notice{Refused: err.Error()})
		return
	}
	k.program = pid
	k.tell(notice{Started: pid})
}

// stop sets out on the way down, or hurries on it when the waits are shorter this time.
func (k *keeper) stop(w Waits) {
	k.tell(notice{Stopping: true})
	if k.way == nil {
		k.take(ladder(w, k.begin))
		return
	}
	for i, s := range k.way {
		switch {
		case !s.all && s.signal == unix.SIGINT:
			k.way[i].wait = min(s.wait, w.Term)
		case !s.all && s.signal == unix.SIGTERM:
			k.way[i].wait = min(s.wait, w.Kill)
		}
	}
}

// abandon ends everything at once, because there is nobody any more for whom it runs.
func (k *keeper) abandon(trouble string) {
	if len(k.way) > 0 && k.way[0].all && k.way[0].signal != 0 {
		return // it is at it
	}
	if trouble != "" {
		k.tell(notice{Trouble: trouble})
	}
	k.named = true // what runs was not left behind
	k.take(everything(k.begin.Polite))
}

// tell says it if somebody listens. A function that was stopped does not, and the keeper must not wait for it.
func (k *keeper) tell(n notice) {
	_ = write(k.conn, n)
}

// reap takes leave of whatever ended: the program, and every orphan below it.
func (k *keeper) reap() {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WNOHANG|unix.WALL, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			// No child at all. As every orphan becomes the keeper's child, nothing is below it: the kernel's own word.
			k.none = true
			return
		case pid == 0:
			k.none = false
			return
		case pid == k.program:
			k.over = true
			k.tell(notice{Exited: exitOf(status)})
		}
	}
}

func exitOf(status unix.WaitStatus) *Exit {
	if status.Signaled() {
		return &Exit{Code: -1, Signal: name(status.Signal())}
	}
	return &Exit{Code: status.ExitStatus()}
}

// name is SIGTERM for 15; a number for one that has no name.
func name(s unix.Signal) string {
	if known := unix.SignalName(s); known != "" {
		return known
	}
	return "signal " + strconv.Itoa(int(s))
}
