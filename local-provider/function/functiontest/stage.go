package functiontest

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/image"
)

// Stage is a folder for a test in which the test binary itself is the image of every function. Its TestMain must call Run.
type Stage struct {
	Dir    string
	Images image.Folder
}

// NewStage makes the folder, which is removed after the test.
func NewStage(t *testing.T) Stage {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"images", "run", "work", "secrets", "secrets-of", "journals", "functions"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	images := image.Folder(filepath.Join(dir, "images"))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path, err := images.Path("test/f")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return Stage{Dir: dir, Images: images}
}

// In is a path inside the folder.
func (s Stage) In(parts ...string) string { return filepath.Join(append([]string{s.Dir}, parts...)...) }

// Record is a deployment of the function with an environment.
func Record(name string, env map[string]string) deployment.Record {
	env = maps.Clone(env)
	if env == nil {
		env = make(map[string]string)
	}
	env[Marker] = "1"
	return deployment.Record{
		FunctionDeployment: types.FunctionDeployment{Service: name, Image: "test/f", EnvVars: env},
		Revision:           "1", Replicas: 1,
	}
}

// Eventually waits until a condition holds, for at most half a minute.
func Eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
