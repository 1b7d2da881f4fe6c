package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
)

// A fakeApp takes what is sent, in the time of a synctest bubble.
type fakeApp struct {
	mu    sync.Mutex
	start time.Time
	log   []string // "+1m0s name num reason"
	fresh []string // signatures' timestamps that were not of the moment
	do    func(name string, try int, rq *http.Request) (*http.Response, error)
	tries map[string]int
}

func newFakeApp(do func(name string, try int, rq *http.Request) (*http.Response, error)) *fakeApp {
	return &fakeApp{start: time.Now(), do: do, tries: map[string]int{}}
}

// RoundTrip implements http.RoundTripper.
func (a *fakeApp) RoundTrip(rq *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(rq.Body)
	if err != nil {
		return nil, err
	}
	name := string(body)
	a.mu.Lock()
	a.tries[name]++
	try := a.tries[name]
	line := fmt.Sprintf("%v %s %s %s", time.Since(a.start), name, rq.Header.Get("X-Slack-Retry-Num"), rq.Header.Get("X-Slack-Retry-Reason"))
	a.log = append(a.log, strings.TrimSpace(line))
	if stamp := rq.Header.Get("X-Slack-Request-Timestamp"); stamp != fmt.Sprint(time.Now().Unix()) ||
		rq.Header.Get("X-Slack-Signature") != signature("secret", stamp, body) {
		a.fresh = append(a.fresh, stamp)
	}
	a.mu.Unlock()
	return a.do(name, try, rq)
}

func (a *fakeApp) lines() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.log)
}

func (a *fakeApp) sender(scale float64) *sender {
	s := newSender(Options{EventsURL: "http://app.example.com/", SigningSecrets: []string{"secret", "older"}, RetryScale: scale})
	s.client.Transport = a
	return s
}

func answered(code int, header ...string) (*http.Response, error) {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: code, Status: http.StatusText(code), Header: h, Body: http.NoBody}, nil
}

func silent(rq *http.Request) (*http.Response, error) {
	<-rq.Context().Done()
	return nil, &url.Error{Op: "Post", Err: rq.Context().Err()}
}

func tell(name string) *event { return &event{id: "Ev" + name, what: "message", body: []byte(name)} }

func (a *fakeApp) want(t *testing.T, want ...string) {
	t.Helper()
	if got := a.lines(); !slices.Equal(got, want) {
		t.Errorf("the app was sent\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	if len(a.fresh) > 0 {
		t.Errorf("signed at another moment or wrongly: %v", a.fresh)
	}
}

// TestRetries: at once, after a minute, after five, each with its number and the reason of the failure before.
func TestRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newFakeApp(func(_ string, try int, rq *http.Request) (*http.Response, error) {
			switch try {
			case 1:
				return silent(rq)
			case 2:
				return answered(http.StatusInternalServerError)
			case 3:
				return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
			default:
				return answered(http.StatusOK)
			}
		})
		s := app.sender(1)
		s.deliver("C1", tell("a"))
		time.Sleep(time.Hour)
		s.close()
		app.want(t, "0s a", "3s a 1 http_timeout", "1m3s a 2 http_error", "6m3s a 3 connection_failed")
		if got := s.sent.all(); len(got) != 1 || got[0].State != sentTaken || len(got[0].Attempts) != 4 || got[0].EventID != "Eva" {
			t.Errorf("the ledger says %+v", got)
		}
	})
}

// TestGivenUp: after three repetitions, or when the app asks for none, nothing more is sent.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newFakeApp(func(name string, _ int, _ *http.Request) (*http.Response, error) {
			if name == "b" {
				return answered(http.StatusServiceUnavailable, "X-Slack-No-Retry", "1")
			}
			return answered(http.StatusFound)
		})
		s := app.sender(0.01) // a hundredth of Slack's waits
		s.deliver("C1", tell("a"))
		time.Sleep(time.Millisecond) // the repetition at once and the next event have no order
		s.deliver("C1", tell("b"))
		time.Sleep(time.Hour)
		s.close()
		app.want(t, "0s a", "0s a 1 http_error", "1ms b", "600ms a 2 http_error", "3.6s a 3 http_error")
		for _, d := range s.sent.all() {
			if d.State != sentGivenUp {
				t.Errorf("%+v", d)
			}
		}
	})
}

// TestHurry: the waits that begin after the order are compressed, and nothing else is taken for a scale.
func TestHurry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newFakeApp(func(string, int, *http.Request) (*http.Response, error) { return answered(http.StatusBadGateway) })
		s := app.sender(1)
		s.deliver("C1", tell("a"))
		time.Sleep(time.Second)
		for _, scale := range []float64{-1, 2} {
			if err := s.hurry(scale); !errors.Is(err, control.ErrOrder) {
				t.Errorf("%v: %v", scale, err)
			}
		}
		if err := s.hurry(0.01); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		s.close()
		app.want(t, "0s a", "0s a 1 http_error", "1m0s a 2 http_error", "1m3s a 3 http_error")
	})
}

// TestPatience: the app may take as long as was ordered, also to use a trigger id, and nothing else is taken for a time.
func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newFakeApp(func(_ string, _ int, rq *http.Request) (*http.Response, error) {
			time.Sleep(30 * time.Second)
			return answered(http.StatusOK)
		})
		s := app.sender(1)
		for _, seconds := range []float64{-1, 0, 61} {
			if err := s.wait(seconds); !errors.Is(err, control.ErrOrder) {
				t.Errorf("%v: %v", seconds, err)
			}
		}
		if err := s.wait(40); err != nil {
			t.Error(err)
		}
		if took := s.form(t.Context(), "slash command", url.Values{"text": {"a"}}); !took.ok() || s.patience() != 40*time.Second {
			t.Errorf("%+v", took)
		}
		s.close()
	})
}

// TestOrder: what happens in one conversation arrives in its order, although the app is slow; what one act caused goes
// out together; one conversation does not wait for another, nor anything for what must be sent again.
func TestOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newFakeApp(func(name string, try int, rq *http.Request) (*http.Response, error) {
			if name == "fails" && try == 1 {
				return answered(http.StatusBadGateway)
			}
			if name == "fails" {
				return silent(rq)
			}
			time.Sleep(time.Second)
			return answered(http.StatusOK)
		})
		s := app.sender(1)
		s.deliver("C1", tell("1a"), tell("1b"))
		s.deliver("C1", tell("2"))
		s.deliver("C2", tell("other"))
		s.deliver("C1", tell("fails"))
		s.deliver("C1", tell("3"))
		time.Sleep(10 * time.Second)
		got := app.lines()
		slices.Sort(got[:3]) // these are sent at the same moment
		slices.Sort(got[4:]) // "3" and the repetition of "fails" too
		want := []string{"0s 1a", "0s 1b", "0s other", "1s 2", "2s 3", "2s fails", "2s fails 1 http_error"}
		if !slices.Equal(got, want) {
			t.Errorf("the app was sent %q, want %q", got, want)
		}
		s.close() // with a repetition under way and one to come
		if n := len(app.lines()); n != len(want) {
			t.Errorf("%d requests after the end", n-len(want))
		}
		s.deliver("C1", tell("late"))
		synctest.Wait()
		if n := len(app.lines()); n != len(want) {
			t.Error("it sends after it was closed")
		}
	})
}

// TestNoRetryOfInteractions: what a person waits for is sent once.
func TestNoRetryOfInteractions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newFakeApp(func(_ string, _ int, rq *http.Request) (*http.Response, error) { return silent(rq) })
		s := app.sender(1)
		took := s.form(t.Context(), "slash command", url.Values{"text": {"a b"}})
		if took.reason != reasonTimeout || time.Since(app.start) != answerTime {
			t.Errorf("%+v after %v", took, time.Since(app.start))
		}
		time.Sleep(time.Hour)
		s.close()
		app.want(t, "0s text=a+b")
	})
}

func TestReasons(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		reasonTimeout:    &url.Error{Op: "Post", Err: context.DeadlineExceeded},
		reasonConnection: &url.Error{Op: "Post", Err: io.ErrUnexpectedEOF},
		reasonUnknown:    errors.New("something else"),
	} {
		if got := reasonOf(fmt.Errorf("send: %w", err)); got != want {
			t.Errorf("%v is %s, want %s", err, got, want)
		}
	}
	app := newFakeApp(func(string, int, *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(strings.Repeat("x", maxAnswer+1)))}, nil
	})
	if took := app.sender(1).post(t.Context(), jsonType, []byte("a"), nil); took.ok() || took.body != nil {
		t.Errorf("too long an answer is taken: %s", took.reason)
	}
}

// TestTLS: an app with a certificate that nobody knows is told of as Slack tells it.
func TestTLS(t *testing.T) {
	t.Parallel()
	app := httptest.NewTLSServer(http.NotFoundHandler())
	app.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer app.Close()
	s := newSender(Options{EventsURL: app.URL})
	defer s.close()
	took := s.post(t.Context(), jsonType, []byte("a"), nil)
	for range 20 { // a handshake may take longer than Slack waits, on a busy machine
		if took.reason != reasonTimeout {
			break
		}
		took = s.post(t.Context(), jsonType, []byte("a"), nil)
	}
	if took.reason != reasonTLS {
		t.Errorf("%s: %s", took.reason, took.detail)
	}
}

// TestSignature is the example of docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSignature(t *testing.T) {
	t.Parallel()
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&" +
		"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=" +
		"https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&" +
		"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	const want = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	if got := signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", []byte(body)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestForeignVerifier: slack-go takes what is signed, and not what was changed on the way.
func TestForeignVerifier(t *testing.T) {
	t.Parallel()
	s := newSender(Options{SigningSecrets: []string{"secret"}})
	header := http.Header{}
	s.sign(header, []byte("a=b"), time.Now())
	for body, good := range map[string]bool{"a=b": true, "a=c": false} {
		v, err := goslack.NewSecretsVerifier(header, "secret")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = v.Write([]byte(body))
		if err := v.Ensure(); (err == nil) != good {
			t.Errorf("%q: %v", body, err)
		}
	}
	bare := http.Header{}
	newSender(Options{}).sign(bare, nil, time.Now())
	if bare.Get("X-Slack-Signature") != "" {
		t.Error("without a secret there is a signature")
	}
}

// TestLedger forgets the oldest deliveries first.
func TestLedger(t *testing.T) {
	t.Parallel()
	var l sentLog
	for range maxSent + 10 {
		l.begin("event", "")
	}
	l.attempt(1, Attempt{}, sentTaken) // forgotten
	l.attempt(maxSent, Attempt{Retry: 2}, sentTaken)
	all := l.all()
	if len(all) != maxSent || all[0].Number != 11 || all[maxSent-11].State != sentTaken || all[0].State != sentSending {
		t.Errorf("%d entries, the first is %+v", len(all), all[0])
	}
}
