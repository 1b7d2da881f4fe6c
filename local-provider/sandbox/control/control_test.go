package control_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/clock"
	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// ask makes a request of the control; a body makes it an order.
func ask(t *testing.T, d control.Desk, path, body, token string) (int, string) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r := httptest.NewRequestWithContext(t.Context(), method, "http://sandbox.test"+control.Path+path, strings.NewReader(strings.TrimSpace(body)))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	d.Mux.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestOrders(t *testing.T) {
	t.Parallel()
	d := control.Desk{Mux: http.NewServeMux(), Guard: control.Guard(gate.Gate{Token: "t", Cookie: "c"}, "the token of tests")}
	d.Look("look", func(r *http.Request) any { return r.FormValue("at") })
	control.Order(d, "say", func(_ *http.Request, in struct{ Text string }) (any, error) {
		switch in.Text {
		case "":
			return nil, nil
		case "no":
			return nil, errors.New("it cannot be said")
		}
		return in, nil
	})
	var mended []int
	d.Mend("mend", func(ids ...int) { mended = append(append(mended, ids...), 0) })
	for _, x := range []struct {
		path, body string
		status     int
		part       string
	}{
		{"look?at=it", "", 200, `"it"`},
		{"say", `{"text":"yes"}`, 200, `{"Text":"yes"}`},
		{"say", " ", 200, `{"ok":true}`},
		{"say", `{"text":"no"}`, 409, `{"error":"it cannot be said","ok":false}`},
		{"say", `{"word":"yes"}`, 400, `unknown field`},
		{"say", `{"text":"` + strings.Repeat("x", 1<<20) + `"}`, 400, `too large`},
		{"mend", `{"id":3}`, 200, `{"ok":true}`},
		{"mend", `{}`, 200, `{"ok":true}`},
	} {
		if status, text := ask(t, d, x.path, x.body, "t"); status != x.status || !strings.Contains(text, x.part) {
			t.Errorf("%s %.40s: %d %.200s", x.path, x.body, status, text)
		}
		if status, text := ask(t, d, x.path, x.body, "wrong"); status != http.StatusUnauthorized || !strings.Contains(text, "log in at / with the token of tests") {
			t.Errorf("a stranger at %s: %d %s", x.path, status, text)
		}
	}
	if len(mended) != 3 || mended[0] != 3 {
		t.Errorf("mended are %v", mended)
	}
}

// TestRefuse: what cannot be done is answered as the stand-in wants it, and an order is as long as it wants it.
func TestRefuse(t *testing.T) {
	t.Parallel()
	d := control.Desk{
		Mux: http.NewServeMux(), Most: 2 << 20,
		Refuse: func(err error) (int, any) { return http.StatusTeapot, err.Error() },
	}
	control.Order(d, "say", func(*http.Request, struct{ Text string }) (any, error) { return nil, errors.New("no") })
	long := `{"text":"` + strings.Repeat("x", 1<<20) + `"}`
	if status, text := ask(t, d, "say", long, ""); status != http.StatusTeapot || text != `"no"` {
		t.Errorf("%d %s", status, text)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, c := control.Desk{Mux: http.NewServeMux()}, clock.New(time.Unix(0, 0).UTC(), 1, false)
		d.Clock(c)
		for body, want := range map[string]string{
			`{"speed":-1}`: "speed must be", `{"speed":1000001}`: "speed must be", `{"advance":"-1s"}`: "advance must be a time", `{"advance":"soon"}`: "advance must be a time",
		} {
			if status, text := ask(t, d, "clock", body, ""); status != http.StatusConflict || !strings.Contains(text, want) {
				t.Errorf("%s: %d %s", body, status, text)
			}
		}
		for _, x := range []struct{ body, now string }{
			{`{"advance":"1m"}`, `{"now":"1970-01-01T00:01:00Z"}`},
			{`{"speed":10}`, `{"now":"1970-01-01T00:01:01Z"}`},
			{`{"speed":0}`, `{"now":"1970-01-01T00:01:11Z"}`},
			{`{}`, `{"now":"1970-01-01T00:01:11Z"}`},
		} {
			if _, text := ask(t, d, "clock", x.body, ""); text != x.now {
				t.Errorf("after %s it is %s, want %s", x.body, text, x.now)
			}
			time.Sleep(time.Second)
		}
	})
}

func TestCheckFault(t *testing.T) {
	t.Parallel()
	kinds := []string{"down", "slow"}
	for _, x := range []struct {
		kind string
		span fault.Span
		want string
	}{
		{"down", fault.Span{Times: 1, Skip: 2}, ""},
		{"odd", fault.Span{}, "kind must be one of [down slow]"},
		{"slow", fault.Span{Times: -1}, "times and skip"},
		{"slow", fault.Span{Skip: -1}, "times and skip"},
	} {
		err := control.CheckFault(x.kind, kinds, x.span)
		if x.want == "" && err != nil || x.want != "" && (!errors.Is(err, control.ErrOrder) || !strings.Contains(err.Error(), x.want)) {
			t.Errorf("%s %+v: %v", x.kind, x.span, err)
		}
	}
}
