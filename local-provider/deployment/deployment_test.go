package deployment_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/deployment"
)

func TestStoreSurvives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := deployment.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, err := store.Create(types.FunctionDeployment{Service: "a", Image: "x", EnvVars: map[string]string{"k": "v"}}, "d1")
	if err != nil || first.Replicas != 1 || first.Revision == "" {
		t.Fatalf("Create = %+v, %v", first, err)
	}
	if _, err := store.Create(types.FunctionDeployment{Service: "a"}, ""); !errors.Is(err, deployment.ErrExists) {
		t.Errorf("Create again: %v", err)
	}
	if _, err := store.Scale("a", 3); err != nil {
		t.Fatal(err)
	}
	second, err := store.Update(types.FunctionDeployment{Service: "a", Image: "y"}, "d2")
	if err != nil || second.Revision == first.Revision || second.Replicas != 3 || !second.Created.Equal(first.Created) {
		t.Errorf("Update = %+v, %v", second, err)
	}
	if _, err := store.Create(types.FunctionDeployment{Service: "b"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := store.Delete("b"); err != nil {
		t.Fatal(err)
	}
	reopened, err := deployment.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if list := reopened.List(); len(list) != 1 || list[0].Image != "y" || list[0].Digest != "d2" || list[0].Revision != second.Revision {
		t.Errorf("after reopening: %+v", list)
	}
	for name, err := range map[string]error{
		"Delete": reopened.Delete("b"),
		"Update": second2(reopened.Update(types.FunctionDeployment{Service: "b"}, "")),
		"Scale":  second2(reopened.Scale("b", 1)),
		"Get":    second2(reopened.Get("b")),
	} {
		if !errors.Is(err, deployment.ErrNotFound) {
			t.Errorf("%s of nothing: %v", name, err)
		}
	}
}

func second2(_ deployment.Record, err error) error { return err }

// A crash in the middle of a write leaves a temporary file, which is not a deployment.
func TestOpenIgnoresHalfWrittenFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".a.json.123"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := deployment.Open(dir)
	if err != nil || len(store.List()) != 0 {
		t.Errorf("Open = %v, %v", store, err)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	labels := func(k, v string) *map[string]string { return &map[string]string{k: v} }
	amounts := func(memory, cpu string) *types.FunctionResources {
		return &types.FunctionResources{Memory: memory, CPU: cpu}
	}
	for name, c := range map[string]struct {
		d  types.FunctionDeployment
		ok bool
	}{
		"plain":              {types.FunctionDeployment{Service: "a-1", Image: "x"}, true},
		"no name":            {types.FunctionDeployment{Image: "x"}, false},
		"no image":           {types.FunctionDeployment{Service: "a"}, false},
		"capital":            {types.FunctionDeployment{Service: "A", Image: "x"}, false},
		"path":               {types.FunctionDeployment{Service: "../a", Image: "x"}, false},
		"dot":                {types.FunctionDeployment{Service: "a.b", Image: "x"}, false},
		"too long":           {types.FunctionDeployment{Service: long, Image: "x"}, false},
		"good label":         {types.FunctionDeployment{Service: "a", Image: "x", Labels: labels("com.openfaas.scale.zero-duration", "15m")}, true},
		"bad label":          {types.FunctionDeployment{Service: "a", Image: "x", Labels: labels("a", "b c")}, false},
		"bad label key":      {types.FunctionDeployment{Service: "a", Image: "x", Labels: labels("a b", "c")}, false},
		"good annotation":    {types.FunctionDeployment{Service: "a", Image: "x", Annotations: labels("handsoff.dev/commands", "- any: text\n")}, true},
		"bad annotation":     {types.FunctionDeployment{Service: "a", Image: "x", Annotations: labels("/x", "")}, false},
		"long annotation":    {types.FunctionDeployment{Service: "a", Image: "x", Annotations: labels("com", strings.Repeat("a", 4096-len("com.openfaas.annotations.com")))}, true},
		"too long for faasd": {types.FunctionDeployment{Service: "a", Image: "x", Annotations: labels("com", strings.Repeat("a", 4097-len("com.openfaas.annotations.com")))}, false},
		"many annotations":   {types.FunctionDeployment{Service: "a", Image: "x", Annotations: pieces(100)}, false},
		"bad variable":       {types.FunctionDeployment{Service: "a", Image: "x", EnvVars: map[string]string{"a=b": ""}}, false},
		"NUL":                {types.FunctionDeployment{Service: "a", Image: "x", EnvVars: map[string]string{"a": "\x00"}}, false},
		"huge variable":      {types.FunctionDeployment{Service: "a", Image: "x", EnvVars: map[string]string{"a": strings.Repeat("a", 65<<10)}}, false},
		"resources":          {types.FunctionDeployment{Service: "a", Image: "x", Requests: amounts("64Mi", "250m"), Limits: amounts("0.5Gi", "")}, true},
		"all of a limit":     {types.FunctionDeployment{Service: "a", Image: "x", Requests: amounts("1024Ki", "1"), Limits: amounts("1Mi", "1000m")}, true},
		"no memory":          {types.FunctionDeployment{Service: "a", Image: "x", Limits: amounts("128MB", "")}, false},
		"no processor":       {types.FunctionDeployment{Service: "a", Image: "x", Requests: amounts("", "10 m")}, false},
		"over its memory":    {types.FunctionDeployment{Service: "a", Image: "x", Requests: amounts("1Gi", ""), Limits: amounts("1000Mi", "")}, false},
		"over its time":      {types.FunctionDeployment{Service: "a", Image: "x", Requests: amounts("", "2"), Limits: amounts("", "500m")}, false},
		"many secrets":       {types.FunctionDeployment{Service: "a", Image: "x", Secrets: make([]string, 65)}, false},
	} {
		if err := deployment.Validate(c.d); (err == nil) != c.ok || (err != nil && !errors.Is(err, deployment.ErrInvalid)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// pieces are n annotations of which none is too long.
func pieces(n int) *map[string]string {
	all := make(map[string]string, n)
	for i := range n {
		all[fmt.Sprintf("handsoff.dev/commands.%d", i)] = strings.Repeat("a", 4000)
	}
	return &all
}

// Who declares more commands than faasd takes in one annotation is told which one it is.
func TestAnAnnotationThatIsTooLongForFaasdIsNamed(t *testing.T) {
	t.Parallel()
	annotations := map[string]string{"handsoff.dev/commands": strings.Repeat("a", 5000)}
	err := deployment.Validate(types.FunctionDeployment{Service: "teapot", Image: "x", Annotations: &annotations})
	const want = "function teapot: the annotation handsoff.dev/commands has 5000 bytes, and faasd takes 4050; commands may be in several, such as handsoff.dev/commands.2"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v\nwant %s", err, want)
	}
}
