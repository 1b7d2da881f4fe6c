package function_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// configure writes the configuration, at once.
func configure(t *testing.T, dir, text string) {
	t.Helper()
	part := filepath.Join(t.TempDir(), "part")
	if err := errors.Join(os.WriteFile(part, []byte(text), 0o600), os.Rename(part, filepath.Join(dir, function.ConfigSecret))); err != nil {
		t.Fatal(err)
	}
}

// TestAProcessFollowsItsConfiguration: what can be used counts; what cannot is told of, with its place, and the one before holds.
func TestAProcessFollowsItsConfiguration(t *testing.T) {
	t.Parallel()
	p := platform(t)
	names := make(chan string, 100)
	f := &function.Follower{Platform: p, Every: time.Millisecond, Use: func(p *function.Platform) error {
		if p.Config.Bot.Name == "seven" {
			return errors.New("config: bot.name: seven is none")
		}
		names <- p.Config.Bot.Name
		return nil
	}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); f.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })

	holds := func(want string) {
		t.Helper()
		jobtest.Eventually(t, want+" holds", func() bool {
			select {
			case got := <-names:
				if got != want {
					t.Errorf("%s holds, and not %s", got, want)
				}
				return true
			default:
				return false
			}
		})
		jobtest.Eventually(t, "nothing is wrong", func() bool { return len(f.Wrong()) == 0 })
	}
	holds("test")
	for _, step := range []struct{ name, text, wrong string }{
		{"changed", "bot: {name: changed, alerts: [\"telnet:ann\"]}\n", ""},
		{"no YAML", "bot: {name: [\n", "config: line 1: this is not YAML"},
		{"back", "bot: {name: back, alerts: [\"telnet:ann\"]}\n", ""},
		{"of no use", "bot:\n  name: seven\n", "config: bot.name: seven is none (line 2, column 9 of the configuration)"},
		{"again", "bot: {name: again}\n", ""},
	} {
		configure(t, p.SecretDir, step.text)
		if step.wrong == "" {
			holds(step.name)
			continue
		}
		jobtest.Eventually(t, step.wrong, func() bool {
			return strings.Contains(strings.Join(f.Wrong(), ""), "so that the one before still holds: "+step.wrong)
		})
		jobtest.Eventually(t, "that ann is told: "+step.wrong, func() bool {
			return slices.ContainsFunc(notices(t, p), func(n notice) bool { return strings.Contains(n.text, step.wrong) && n.to["telnet:ann"] })
		})
	}
}

type notice struct {
	text string
	to   map[string]bool
}

// notices are those that were made.
func notices(t *testing.T, p *function.Platform) (all []notice) {
	t.Helper()
	keys, err := p.Redis.Keys(t.Context(), job.Prefix+"job:*:watchers").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		id := strings.TrimSuffix(strings.TrimPrefix(key, job.Prefix+"job:"), ":watchers")
		j, err := p.Jobs.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		watchers, err := p.Jobs.Watchers(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		n := notice{j.Text, map[string]bool{}}
		for address := range watchers {
			n.to[address] = true
		}
		all = append(all, n)
	}
	return all
}

// TestAConfigurationThatIsBeingWrittenDoesNotCount: half of one may be one, too.
func TestAConfigurationThatIsBeingWrittenDoesNotCount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var used []string
		f := &function.Follower{
			Platform: &function.Platform{Environment: function.Environment{SecretDir: dir}, Log: slog.New(slog.DiscardHandler)},
			Every:    time.Second,
			Use:      func(p *function.Platform) error { used = append(used, p.Config.Bot.Name); return nil },
		}
		ctx, stop := context.WithCancel(t.Context())
		go f.Run(ctx)
		time.Sleep(time.Millisecond)
		for _, text := range []string{"bot: {name: h}\n", "bot: {name: half}\n", "bot: {name: whole}\n"} {
			configure(t, dir, text)
			time.Sleep(time.Second)
		}
		time.Sleep(5 * time.Second)
		stop()
		synctest.Wait()
		if !slices.Equal(used, []string{"whole"}) {
			t.Errorf("used %q", used)
		}
	})
}
