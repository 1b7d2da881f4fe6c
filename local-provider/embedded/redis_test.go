package embedded_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/embedded"
)

func TestServe(t *testing.T) {
	t.Parallel()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := embedded.Serve(ctx, address, "right"); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	defer running.Wait()
	defer cancel()
	client := redis.NewClient(&redis.Options{Addr: address, Password: "right"})
	defer func() { _ = client.Close() }()
	deadline := time.Now().Add(2 * time.Minute)
	for client.Ping(ctx).Err() != nil {
		if time.Now().After(deadline) {
			t.Fatal("it does not answer")
		}
		time.Sleep(time.Millisecond)
	}
	if got, err := client.ConfigGet(ctx, "maxmemory-policy").Result(); err != nil || got["maxmemory-policy"] != "noeviction" {
		t.Errorf("CONFIG GET: %v, %v", got, err)
	}
	if err := client.ConfigSet(ctx, "maxmemory-policy", "allkeys-lru").Err(); err == nil {
		t.Error("CONFIG SET was accepted")
	}
	// Keys expire as time passes.
	if err := client.Set(ctx, "k", "v", 20*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	for client.Exists(ctx, "k").Val() == 1 {
		if time.Now().After(deadline) {
			t.Fatal("the key does not expire")
		}
		time.Sleep(time.Millisecond)
	}
	stranger := redis.NewClient(&redis.Options{Addr: address, Password: "wrong"})
	defer func() { _ = stranger.Close() }()
	if err := stranger.Get(ctx, "k").Err(); err == nil || errors.Is(err, redis.Nil) {
		t.Errorf("a wrong password is accepted: %v", err)
	}
}
