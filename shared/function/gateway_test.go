package function_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/sign"
)

// faasd does not tell which replicas are available; what it lists with one runs.
func TestAvailableReplicas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"basic-auth-user", "basic-auth-password"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for list, want := range map[string][]uint64{
		`[{"name": "a", "replicas": 1}, {"name": "b"}, {"name": "c", "replicas": 2}]`:          {1, 0, 2},
		`[{"name": "a", "replicas": 1}, {"name": "b", "replicas": 2, "availableReplicas": 1}]`: {0, 1},
		`[]`: {},
	} {
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, list) }))
		t.Cleanup(gateway.Close)
		functions, err := function.NewGateway(function.Environment{GatewayURL: gateway.URL, SecretDir: dir}, sign.Keys{}).Functions(t.Context())
		if err != nil || len(functions) != len(want) {
			t.Fatalf("%s: %v, %v", list, functions, err)
		}
		for i, f := range functions {
			if f.AvailableReplicas != want[i] {
				t.Errorf("%s: %s has %d of %d", list, f.Name, f.AvailableReplicas, f.Replicas)
			}
		}
	}
}
