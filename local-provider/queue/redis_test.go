package queue_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/queue"
	"github.com/handsoff/handsoff/shared/need"
)

// server is the redis-server that all tests of this package share, each with a prefix of its own. It is nil where
// redis-server is not installed.
var server *redis.Client

func TestMain(m *testing.M) { os.Exit(runWithRedis(m)) }

func runWithRedis(m *testing.M) int {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return m.Run()
	}
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	_ = listener.Close()
	cmd := exec.Command(path, "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--loglevel", "warning")
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	server = redis.NewClient(&redis.Options{Addr: address, PoolSize: 100})
	deadline := time.Now().Add(2 * time.Minute)
	for server.Ping(context.Background()).Err() != nil {
		if time.Now().After(deadline) {
			panic("redis-server does not answer")
		}
		time.Sleep(5 * time.Millisecond)
	}
	return m.Run()
}

var prefixes atomic.Int64

// onBoth runs a test on a real Redis and on the embedded one.
func onBoth(t *testing.T, test func(t *testing.T, client *redis.Client, keys queue.Keys)) {
	t.Helper()
	t.Run("redis-server", func(t *testing.T) {
		t.Parallel()
		need.Program(t, "redis-server")
		test(t, server, queue.Keys{Prefix: "t" + strconv.FormatInt(prefixes.Add(1), 10) + ":"})
	})
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		embedded := miniredis.RunT(t)
		client := redis.NewClient(&redis.Options{Addr: embedded.Addr()})
		t.Cleanup(func() { _ = client.Close() })
		test(t, client, queue.Keys{})
	})
}

// count is how many keys the queue has left behind, apart from its own bookkeeping.
func messages(t *testing.T, client *redis.Client, keys queue.Keys) int {
	t.Helper()
	found, err := client.Keys(t.Context(), fmt.Sprintf("%shandsoff:queue:message:*", keys.Prefix)).Result()
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}
