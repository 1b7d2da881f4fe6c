package functions

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// listed is the page of a gateway that answers so.
func listed(t *testing.T, secrets map[string]string, gateway http.HandlerFunc, annotations map[string]string) *listing {
	t.Helper()
	server := httptest.NewServer(gateway)
	t.Cleanup(server.Close)
	_, rdb := jobtest.New(t)
	secrets[function.ConfigSecret] = "jenkins: {url: http://127.0.0.1:1}"
	p := functiontest.On(t, rdb, functiontest.Place{Function: "dashboard", Gateway: server.URL, Secrets: secrets})
	if annotations != nil {
		text, err := json.Marshal(annotations)
		if err != nil {
			t.Fatal(err)
		}
		if err := rdb.Set(t.Context(), "handsoff:catalogue", text, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	view, err := (&pages{p}).list(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l, ok := view.Data.(*listing)
	if !ok {
		t.Fatalf("%T", view.Data)
	}
	return l
}

// TestWhatIsDeployedAndWhatItBrings is one list.
func TestWhatIsDeployedAndWhatItBrings(t *testing.T) {
	t.Parallel()
	l := listed(t, map[string]string{"basic-auth-user": "admin", "basic-auth-password": "x"}, func(w http.ResponseWriter, r *http.Request) {
		if user, _, _ := r.BasicAuth(); r.URL.Path != "/system/functions" || user != "admin" {
			t.Errorf("%s by %q", r.URL.Path, user)
		}
		_ = json.NewEncoder(w).Encode([]types.FunctionStatus{
			{Name: "jenkins", Replicas: 2, AvailableReplicas: 1}, {Name: "git", Replicas: 1}, {Name: "asleep"},
		})
	}, map[string]string{
		"jenkins": "- {words: jenkins build, summary: Build, role: operator, needs: [jenkins]}",
		"git":     "- {words: git sync, summary: Sync, role: operator, needs: [git]}\n- {words: NO, summary: x, role: viewer}",
		"gone":    "- {words: gone run, summary: Run, role: viewer}",
	})
	var got []string
	for _, r := range l.Rows {
		got = append(got, r.Name+" "+r.Word()+" "+r.Tone()+" "+strings.Join(r.Missing, ","))
	}
	want := "asleep asleep cancelled |git not ready bad git|gone not known unknown |jenkins ready ok "
	if text := strings.Join(got, "|"); text != want || len(l.Rows[1].Faults) != 1 || len(l.Rows[3].Commands) != 1 || l.Unknown != "" {
		t.Errorf("%s\nnot %s; %+v", text, want, l.Rows[1])
	}
}

// TestWhatCannotBeReadIsSaid: a gateway that is down, and a catalogue that nobody has read yet.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	broken := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	for name, c := range map[string]struct {
		secrets map[string]string
		want    string
	}{
		"no secrets": {map[string]string{}, "was not given the secrets"},
		"broken":     {map[string]string{"basic-auth-user": "admin", "basic-auth-password": "x"}, "the gateway does not tell"},
	} {
		l := listed(t, c.secrets, broken, nil)
		if !strings.Contains(l.Unknown, c.want) || !l.NoList || len(l.Rows) != 0 {
			t.Errorf("%s: %+v", name, l)
		}
	}
}
