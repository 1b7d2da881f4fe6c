package irc

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/outbox"
)

// The fields of StateKey.
const (
	fieldNick      = "nick"
	fieldConnected = "connected"
	fieldHeard     = "heard"
	fieldAlert     = "alert"
)

// State is what is known of a network in Redis, written by the gateway.
type State struct {
	rdb     redis.UniversalClient
	network string
}

// NewState gives a network's. It does not call Redis.
func NewState(rdb redis.UniversalClient, network string) *State { return &State{rdb, network} }

// SetAlert has every topic of the network say a text, or again what it said before when the text is empty.
func (s *State) SetAlert(ctx context.Context, text string) error {
	pipe := s.rdb.TxPipeline()
	if text == "" {
		pipe.HDel(ctx, StateKey(s.network), fieldAlert)
	} else {
		pipe.HSet(ctx, StateKey(s.network), fieldAlert, text)
	}
	pipe.XAdd(ctx, &redis.XAddArgs{Stream: wakeKey(s.network), MaxLen: 1, Values: []any{"wake", 1}})
	pipe.PExpire(ctx, wakeKey(s.network), outbox.Life)
	return s.exec(ctx, "set the alert", pipe)
}

// Alert is what all topics shall say; empty for what they said before.
func (s *State) Alert(ctx context.Context) (string, error) {
	text, err := s.rdb.HGet(ctx, StateKey(s.network), fieldAlert).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("irc %s: read the alert: %w", s.network, err)
	}
	return text, nil
}

// Connected takes down who we are there; an empty nick that we are not.
func (s *State) Connected(ctx context.Context, nick string, at time.Time) error {
	pipe := s.rdb.TxPipeline()
	if nick == "" {
		pipe.HDel(ctx, StateKey(s.network), fieldNick, fieldConnected)
	} else {
		pipe.HSet(ctx, StateKey(s.network), fieldNick, nick, fieldConnected, at.UTC().Format(time.RFC3339))
	}
	return s.exec(ctx, "take down whether we are connected", pipe)
}

// Heard takes down when something was heard last.
func (s *State) Heard(ctx context.Context, at time.Time) error {
	pipe := s.rdb.Pipeline()
	pipe.HSet(ctx, StateKey(s.network), fieldHeard, at.UnixMilli())
	return s.exec(ctx, "take down when something was heard", pipe)
}

// LastHeard is when something was heard last, by this process or one before it; zero for never.
func (s *State) LastHeard(ctx context.Context) (time.Time, error) {
	text, err := s.rdb.HGet(ctx, StateKey(s.network), fieldHeard).Result()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	ms, bad := strconv.ParseInt(text, 10, 64)
	if err != nil || bad != nil {
		return time.Time{}, fmt.Errorf("irc %s: when something was heard: %w", s.network, errors.Join(err, bad))
	}
	return time.UnixMilli(ms), nil
}

// Joined takes down that we are in a channel.
func (s *State) Joined(ctx context.Context, channel string) error {
	pipe := s.rdb.Pipeline()
	pipe.SAdd(ctx, ChannelsKey(s.network), lower(channel))
	return s.exec(ctx, "take down that we joined "+channel, pipe)
}

// Left takes down that we are not.
func (s *State) Left(ctx context.Context, channel string) error {
	pipe := s.rdb.Pipeline()
	pipe.SRem(ctx, ChannelsKey(s.network), lower(channel))
	return s.exec(ctx, "take down that we left "+channel, pipe)
}

// Enter takes down that the network is one to be on.
func (s *State) Enter(ctx context.Context) error {
	pipe := s.rdb.Pipeline()
	pipe.SAdd(ctx, networksKey(), s.network)
	return s.exec(ctx, "take down the network", pipe)
}

// Entered lists the networks to be on, by this process or one before it.
func Entered(ctx context.Context, rdb redis.UniversalClient) ([]string, error) {
	list, err := rdb.SMembers(ctx, networksKey()).Result()
	if err != nil {
		return nil, fmt.Errorf("irc: on which networks we are: %w", err)
	}
	return list, nil
}

// Forget forgets the network, which is left: what is said there from now on is not for us.
func (s *State) Forget(ctx context.Context) error {
	pipe := s.rdb.TxPipeline()
	pipe.Del(ctx, StateKey(s.network), ChannelsKey(s.network), TopicsKey(s.network))
	pipe.SRem(ctx, networksKey(), s.network)
	return s.exec(ctx, "forget the network", pipe)
}

// KeepChannels forgets channels in which we were and that are not to be joined any more.
func (s *State) KeepChannels(ctx context.Context, channels []string) error {
	known, err := s.rdb.SMembers(ctx, ChannelsKey(s.network)).Result()
	if err != nil {
		return fmt.Errorf("irc %s: in which channels we were: %w", s.network, err)
	}
	keep := map[string]bool{}
	for _, channel := range channels {
		keep[lower(channel)] = true
	}
	for _, channel := range known {
		if keep[channel] {
			continue
		}
		if err := s.Left(ctx, channel); err != nil {
			return err
		}
	}
	return nil
}

// Channels lists the channels in which we are, or were when we were last connected.
func Channels(ctx context.Context, rdb redis.UniversalClient, network string) ([]string, error) {
	list, err := rdb.SMembers(ctx, ChannelsKey(network)).Result()
	if err != nil {
		return nil, fmt.Errorf("irc %s: in which channels we are: %w", network, err)
	}
	return list, nil
}

// KeepTopic keeps the topic that a channel had before the alert, unless one is kept.
func (s *State) KeepTopic(ctx context.Context, channel, topic string, replace bool) error {
	pipe := s.rdb.Pipeline()
	if replace {
		pipe.HSet(ctx, TopicsKey(s.network), lower(channel), topic)
	} else {
		pipe.HSetNX(ctx, TopicsKey(s.network), lower(channel), topic)
	}
	return s.exec(ctx, "keep the topic of "+channel, pipe)
}

// Topics are the topics from before the alert, by channel.
func (s *State) Topics(ctx context.Context) (map[string]string, error) {
	topics, err := s.rdb.HGetAll(ctx, TopicsKey(s.network)).Result()
	if err != nil {
		return nil, fmt.Errorf("irc %s: read the topics: %w", s.network, err)
	}
	return topics, nil
}

// DropTopic forgets a kept topic: the channel has it again.
func (s *State) DropTopic(ctx context.Context, channel string) error {
	pipe := s.rdb.Pipeline()
	pipe.HDel(ctx, TopicsKey(s.network), lower(channel))
	return s.exec(ctx, "forget the kept topic of "+channel, pipe)
}

func (s *State) exec(ctx context.Context, what string, pipe redis.Pipeliner) error {
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("irc %s: %s: %w", s.network, what, err)
	}
	return nil
}
