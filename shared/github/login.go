package github

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// loginLife is how long the login of somebody is known after they last asked us for something: logins change hands.
const loginLife = 90 * 24 * time.Hour

func loginKey(id string) string { return job.Prefix + "github:login:" + id }

// KeepLogin remembers for ninety days how an account is called, for those who read of it; it says nothing of what the account
// may do. GitHub must have said that the two belong together. What is no login is not kept.
func KeepLogin(ctx context.Context, rdb redis.UniversalClient, id int64, name string) error {
	if id <= 0 || !login.MatchString(name) {
		return nil
	}
	if err := rdb.Set(ctx, loginKey(strconv.FormatInt(id, 10)), name, loginLife).Err(); err != nil {
		return fmt.Errorf("github: remember who %d is: %w", id, err)
	}
	return nil
}

// LoginOf is how the account of a principal such as "github:583231" is called; empty when that is not known.
func LoginOf(ctx context.Context, rdb redis.UniversalClient, principal string) (string, error) {
	id, is := strings.CutPrefix(principal, "github:")
	if !is {
		return "", nil
	}
	name, err := rdb.Get(ctx, loginKey(id)).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("github: who is %s: %w", principal, err)
	}
	return name, nil
}
