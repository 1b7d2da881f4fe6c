package github_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWhoWeAre: an App's account and the token's are both ours; both are known to the next process while GitHub is down,
// but not to one with other credentials.
func TestWhoWeAre(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHub(t)
		h.on("GET /user", func(w http.ResponseWriter, _ *http.Request) {
			say(w, http.StatusOK, map[string]any{"login": "robot", "id": 42})
		})
		h.on("GET /users/hands%5Bbot%5D", func(w http.ResponseWriter, _ *http.Request) {
			say(w, http.StatusOK, map[string]any{"login": "hands[bot]", "id": 77})
		})
		now := time.Now()
		clock := func() time.Time { return now }
		for _, a := range []account{{app: true, token: true}, {app: true}} {
			a.redis, a.now = rdb, clock
			h.set(func() { h.down = false })
			self, err := h.open(a).Self(t.Context())
			if err != nil || self.Login != "hands[bot]" || self.ID != 77 || self.AppID != appID || self.Slug != "hands" {
				t.Fatal(self, err)
			}
			if !self.Is("hands[bot]", 77) || self.Is("robot", 42) != a.token || self.Is("hands[bot]", 78) || self.Is("eve", 1) || self.Is("", 0) {
				t.Errorf("%+v", self)
			}
			h.set(func() { h.down = true })
			now = now.Add(25 * time.Hour)
			if again, err := h.open(a).Self(t.Context()); err != nil || again.ID != 77 {
				t.Error(again, err)
			}
		}
		if self, err := h.open(account{token: true, redis: rdb, now: clock}).Self(t.Context()); github.KindOf(err) != github.Down {
			t.Error(self, err)
		}
	})
}

// TestTheAppsAccountByItsName: where GitHub does not tell its number.
func TestTheAppsAccountByItsName(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	self, err := h.open(account{app: true}).Self(t.Context())
	if err != nil || self.ID != 0 || !self.Is("Hands[bot]", 77) || self.Is("hands", 77) {
		t.Error(self, err)
	}
}
