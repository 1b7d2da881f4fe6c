package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// idle is how long a session lasts without use, and life how long at most.
	idle = 12 * time.Hour
	life = 7 * 24 * time.Hour
	// freshen is how far a session's end may lie behind its last use, so that not each request is a write.
	freshen = time.Minute
	// regroup is how long it is taken for granted that somebody is there, and in which groups.
	regroup = 10 * time.Minute
)

const prefix = job.Prefix + "dashboard:"

func sessionKey(digest string) string { return prefix + "session:" + digest }
func linkKey(digest string) string    { return prefix + "link:" + digest }
func stateKey(digest string) string   { return prefix + "oauth:" + digest }

// ofKey is a sorted set: the digests of somebody's sessions by when they end at the latest, perhaps with some that are over.
func ofKey(principal string) string { return prefix + "logins:" + principal }

// Person is who somebody is.
type Person struct {
	Principal string `json:"principal"` // as at the door from which we know them: "telnet:ann"
	Name      string `json:"name"`
	Via       string `json:"via"` // "a link", "Slack", "GitHub"
}

// record is a session as Redis has it.
type record struct {
	Person

	CSRF   string    `json:"csrf"`
	Groups []string  `json:"groups,omitempty"` // what else roles know them by
	Asked  time.Time `json:"asked"`            // when the groups were asked for last
	Began  time.Time `json:"began"`
	Seen   time.Time `json:"seen"`
}

// digest is under what a token is kept: whoever reads Redis has no token.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// token makes one: 26 letters with 130 random bits, twice.
func token() string { return rand.Text() + rand.Text() }

// store keeps sessions and what leads to them.
type store struct {
	rdb redis.UniversalClient
	now func() time.Time

	groups Groups
	log    *slog.Logger
}

// begin makes a session and gives its token.
func (s *store) begin(ctx context.Context, who Person) (string, error) {
	secret := token()
	at := s.now().UTC()
	body, err := json.Marshal(record{Person: who, CSRF: token(), Began: at, Seen: at})
	if err == nil {
		of := ofKey(who.Principal)
		pipe := s.rdb.TxPipeline() // it is among somebody's when it is there: none is forgotten when all are to end
		pipe.ZRemRangeByScore(ctx, of, "-inf", strconv.FormatInt(at.Unix(), 10))
		pipe.ZAdd(ctx, of, redis.Z{Score: float64(at.Add(life).Unix()), Member: digest(secret)})
		pipe.Expire(ctx, of, life)
		pipe.Set(ctx, sessionKey(digest(secret)), body, idle)
		_, err = pipe.Exec(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("dashboard: begin a session: %w", err)
	}
	return secret, nil
}

// find gives the session of a token; nil when there is none, or it is over. used prolongs it.
func (s *store) find(ctx context.Context, secret string, used bool) (*record, error) {
	key := sessionKey(digest(secret))
	r := new(record)
	if there, err := s.get(ctx, key, r, false); !there || err != nil {
		return nil, err
	}
	at := s.now().UTC()
	if at.Sub(r.Seen) >= idle || at.Sub(r.Began) >= life {
		return nil, s.forget(ctx, secret)
	}
	changed, gone := s.regroup(ctx, r, at)
	if gone {
		return nil, s.forget(ctx, secret)
	}
	if used && at.Sub(r.Seen) >= freshen {
		r.Seen, changed = at, true
	}
	if !changed {
		return r, nil
	}
	left := min(r.Seen.Add(idle).Sub(at), r.Began.Add(life).Sub(at))
	body, err := json.Marshal(r)
	if err == nil {
		err = s.rdb.SetXX(ctx, key, body, left).Err() // one that was ended meanwhile stays so
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("dashboard: prolong a session: %w", err)
	}
	return r, nil
}

// regroup asks again in which groups somebody is. While that cannot be found out they are in none: a role is not given by
// what was so once, nor by what only a door knows. gone says that they are not who they were, and the session is over.
func (s *store) regroup(ctx context.Context, r *record, at time.Time) (changed, gone bool) {
	if at.Sub(r.Asked) < regroup {
		return false, false
	}
	list, err := s.groups(ctx, r.Principal)
	if errors.Is(err, ErrGone) {
		s.log.WarnContext(ctx, "a session ends: who it is of is not there any more", "principal", r.Principal, "error", err)
		return false, true
	}
	if err != nil {
		if !errors.Is(err, ErrLater) {
			s.log.WarnContext(ctx, "it cannot be found out in which groups somebody is", "principal", r.Principal, "error", err)
		}
		r.Groups = nil // for this request; the next one asks again
		return false, false
	}
	r.Asked, r.Groups = at, list
	return true, false
}

// forget ends a session.
func (s *store) forget(ctx context.Context, secret string) error {
	if err := s.rdb.Del(ctx, sessionKey(digest(secret))).Err(); err != nil {
		return fmt.Errorf("dashboard: end a session: %w", err)
	}
	return nil
}

// forgetAll ends all of somebody's sessions at once.
func (s *store) forgetAll(ctx context.Context, principal string) error {
	all, err := s.rdb.ZRange(ctx, ofKey(principal), 0, -1).Result()
	if err == nil && len(all) > 0 {
		pipe := s.rdb.TxPipeline()
		for _, one := range all {
			pipe.Del(ctx, sessionKey(one))
			pipe.ZRem(ctx, ofKey(principal), one)
		}
		_, err = pipe.Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("dashboard: end all sessions of %s: %w", principal, err)
	}
	return nil
}

func (s *store) put(ctx context.Context, key string, value any, keep time.Duration) error {
	body, err := json.Marshal(value)
	if err == nil {
		err = s.rdb.Set(ctx, key, body, keep).Err()
	}
	if err != nil {
		return fmt.Errorf("dashboard: keep a login: %w", err)
	}
	return nil
}

// get reads what was put; once takes it away, so that of two who ask one has it.
func (s *store) get(ctx context.Context, key string, into any, once bool) (bool, error) {
	read := s.rdb.Get
	if once {
		read = s.rdb.GetDel
	}
	body, err := read(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return false, fmt.Errorf("dashboard: read a login: %w", err)
	}
	return true, nil
}
