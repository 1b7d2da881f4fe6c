package function

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/local-provider/journal"
	"github.com/handsoff/handsoff/shared/process"
)

// path is what a container has.
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// startLimit bounds the time from a process' start until it says that it is ready.
const startLimit = time.Minute

// Folders are where the launcher keeps what belongs to functions. All must exist.
type Folders struct {
	// Run holds the records and pipes of running processes.
	Run string
	// Work holds a working directory for each function, which is its HOME.
	Work string
	// SecretsOf holds a directory for each function with the secrets that it may see.
	SecretsOf string
	// Grant fills a function's directory in SecretsOf with links to some secrets, so that a changed secret is seen at
	// once, as a mounted one is.
	Grant func(function string, secrets ...string) (string, error)
}

// launcher starts replicas.
type launcher struct {
	folders Folders
	journal *journal.Journal
}

// start runs one process and returns when it is ready to serve.
func (l *launcher) start(ctx context.Context, spec Spec) (*replica, error) {
	r, err := l.spawn(spec)
	if err != nil {
		return nil, fmt.Errorf("start function %s: %w", spec.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := awaitReady(ctx, r.Address, r.exited); err != nil {
		r.retire(ctx, time.Second)
		return nil, fmt.Errorf("start function %s: %w", spec.Name, err)
	}
	return r, nil
}

func (l *launcher) spawn(spec Spec) (_ *replica, err error) {
	instance := spec.Name + "-" + suffix()
	f := l.files(instance)
	defer func() {
		if err != nil {
			f.remove()
		}
	}()
	work := filepath.Join(l.folders.Work, spec.Name)
	if err := os.MkdirAll(scratch(work), 0o700); err != nil {
		return nil, fmt.Errorf("make its working directory: %w", err)
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	output, err := l.output(f.pipe, spec.Name, instance)
	if err != nil {
		return nil, err
	}
	child, err := process.Start(process.Spec{
		Path: spec.Executable, Dir: work, Output: output,
		Env: environment(spec, address, work, filepath.Join(l.folders.SecretsOf, spec.Name)),
	})
	_ = output.Close() // the process has its own
	if err != nil {
		return nil, err
	}
	t := Trace{Ref: child.Ref, Function: spec.Name, Instance: instance, Revision: spec.Revision, Address: address}
	if err := durable.WriteJSON(f.record, t); err != nil {
		return nil, errors.Join(err, child.Kill(context.Background()))
	}
	return newReplica(t, f, child.Exited), nil
}

func (l *launcher) files(instance string) files {
	return files{
		record: filepath.Join(l.folders.Run, instance+".json"),
		pipe:   filepath.Join(l.folders.Run, instance+".out"),
	}
}

// output returns the pipe for a new process to write to, which the journal reads already.
func (l *launcher) output(pipe, function, instance string) (*os.File, error) {
	if err := journal.MakePipe(pipe); err != nil {
		return nil, err
	}
	output, err := journal.OpenOutput(pipe)
	if err != nil {
		return nil, err
	}
	if _, err := l.journal.Follow(pipe, function, instance); err != nil {
		return nil, errors.Join(err, output.Close())
	}
	return output, nil
}

// scratch is a function's own folder for passing things: a container has one, and two homes on a machine must not share it.
func scratch(work string) string { return filepath.Join(work, "tmp") }

// environment is what the real platform gives a function, and nothing of the provider's own.
func environment(spec Spec, address, home, secrets string) []string {
	env := map[string]string{"PATH": path, "HOME": home, "TMPDIR": scratch(home)}
	maps.Copy(env, spec.Env)
	_, port, _ := net.SplitHostPort(address) // freeAddress made it
	env["port"] = port
	env["secret_mount_path"] = secrets
	env["bind"] = "127.0.0.1" // without a container around it, a function must not listen to the network
	env["OPENFAAS_NAME"] = spec.Name
	env["OPENFAAS_NAMESPACE"] = Namespace
	list := make([]string, 0, len(env))
	for _, key := range slices.Sorted(maps.Keys(env)) {
		list = append(list, key+"="+env[key])
	}
	return list
}

// freeAddress asks the kernel for a port. Somebody may take it before the function does; the function then ends, and
// is started again on another.
func freeAddress() (string, error) {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	port := listener.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP listener's address
	if err := listener.Close(); err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), nil
}

func suffix() string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}
