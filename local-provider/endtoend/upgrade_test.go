package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/process"
)

// TestUpgrade puts other programs into the place of all functions while there are builds in all phases, and then the first ones back
// while there are others. No job is lost, none is built twice, and who watches is told, as if nothing had happened.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	d := newDisaster(start(t))
	_, first := programs(t)
	d.release(first, false)
	for _, step := range []struct {
		name  string
		other bool
	}{{"upgrade", true}, {"rollback", false}} {
		d.jenkins.order("clock?speed=5")
		ids := map[string]phase{}
		for _, p := range phases() {
			ids[d.enter(p, d.watcher)] = p
		}
		before := d.functions()
		d.release(first, step.other)
		d.run("deploy", "-home", string(d.home))
		d.leave()
		d.jenkins.order("clock?speed=5")
		for id, p := range ids {
			d.cameToEnd(id, p, step.name)
		}
		for id := range ids {
			d.saw(id)
		}
		for name, old := range before {
			d.eventually(step.name+": the old program of "+name+" has ended", func() bool { return !old.Alive() })
		}
	}
}

// theUpgrade stands, among what is killed, for that the functions are replaced as an upgrade does it.
const theUpgrade = "an upgrade"

// replace deploys functions anew: each is asked to end, and hands back what it holds.
func (s *system) replace(names ...string) {
	s.Helper()
	s.run("deploy", "-home", string(s.home), "-force", "-only", strings.Join(names, ","))
}

// release makes the images of the functions that work copies of the first ones, which differ in their last byte when they are to be
// others. Each appears in one step, as `local-provider build` has it.
func (s *system) release(first string, other bool) {
	s.Helper()
	images := s.home.Images()
	if info, err := os.Lstat(images); err == nil && info.Mode()&os.ModeSymlink != 0 {
		s.must(os.Remove(images), os.Mkdir(images, 0o700))
		files, err := filepath.Glob(filepath.Join(first, "*=latest"))
		s.must(err)
		for _, path := range files {
			s.must(os.Symlink(path, filepath.Join(images, filepath.Base(path))))
		}
	}
	for _, name := range working() {
		name = "ghcr.io+handsoff+" + name + "=latest"
		program, err := os.ReadFile(filepath.Join(first, name))
		s.must(err)
		if other {
			program = append(program, 0)
		}
		part := filepath.Join(images, ".part")
		s.must(os.WriteFile(part, program, 0o700), os.Rename(part, filepath.Join(images, name)))
	}
}

// working are the functions that a build needs.
func working() []string { return []string{"command", "jobs", "clock", "notify", "jenkins"} }

// functions are the processes of all functions that run.
func (s *system) functions() map[string]process.Ref {
	s.Helper()
	running := make(map[string]process.Ref)
	for _, name := range working() {
		s.eventually(name+" runs", func() bool {
			ref, alive := s.find(name)
			running[name] = ref
			return alive
		})
	}
	return running
}
