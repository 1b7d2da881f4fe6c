// Package provider puts the parts together into the one process that serves the API, the functions, the queue and the
// clock.
package provider

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/auth"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/local-provider/api"
	"github.com/handsoff/handsoff/local-provider/cron"
	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/function"
	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/invoke"
	"github.com/handsoff/handsoff/local-provider/journal"
	"github.com/handsoff/handsoff/local-provider/queue"
	"github.com/handsoff/handsoff/local-provider/secret"
	"github.com/handsoff/handsoff/shared/health"
)

// Release is the version that the API tells.
const Release = "0.1.0"

// maxHeader bounds the headers of a request, in bytes.
const maxHeader = 64 << 10

// Provider is all parts.
type Provider struct {
	home        home.Home
	deployments *deployment.Store
	functions   *function.Set
	journal     *journal.Journal
	invoker     *invoke.Invoker
	connector   *cron.Connector
	api         *api.Server
	redis       *redis.Client
	queue       *queue.Queue
}

// New reads what is deployed. redisAddress may be empty: calls through the queue are then refused.
func New(h home.Home, redisAddress string, o queue.Options) (*Provider, error) {
	deployments, err := deployment.Open(h.Functions())
	if err != nil {
		return nil, err
	}
	reader := auth.ReadBasicAuthFromDisk{SecretMountPath: h.Secrets()}
	credentials, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("read the credentials of the API: %w", err)
	}
	lines := journal.New(h.Journals())
	functions := function.NewSet(function.Folders{
		Run: h.Replicas(), Work: h.Work(), SecretsOf: h.SecretsOf(), Grant: h.Grant,
	}, image.Folder(h.Images()), lines)
	invoker := invoke.New(functions)
	p := &Provider{
		home: h, deployments: deployments, functions: functions, journal: lines, invoker: invoker,
		connector: cron.New(invoker),
	}
	p.api = &api.Server{
		Deployments: deployments, Functions: functions, Images: image.Folder(h.Images()), Secrets: secret.NewStore(h.Secrets()), Logs: lines,
		Credentials: credentials, Release: Release,
		Changed: func() { p.connector.Apply(deployments.List()) },
	}
	if redisAddress == "" {
		return p, nil
	}
	if err := p.connect(redisAddress, o); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Provider) connect(address string, o queue.Options) error {
	password, err := p.home.ReadSecret(home.SecretRedis)
	if err != nil {
		return err
	}
	p.redis = redis.NewClient(&redis.Options{
		Addr: address, Password: password, ClientName: "local-provider", PoolSize: 16, MaxRetries: 1,
		DialTimeout: 2 * time.Second,
	})
	o.Worker, err = p.home.Worker()
	if err != nil {
		return err
	}
	o.Exists = func(name string) bool {
		_, err := p.deployments.Get(name)
		return err == nil
	}
	p.queue = queue.New(p.redis, p.invoker, o)
	return nil
}

// Serve serves until ctx is done; calls in flight then have the time of grace. The listener is closed.
func (p *Provider) Serve(ctx context.Context, listener net.Listener, grace time.Duration) error {
	p.restore(ctx)
	server := &http.Server{
		Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { p.connector.Run(background) })
	if p.queue != nil {
		running.Go(func() { p.queue.Run(background, grace) })
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	slog.Info("local-provider serves", "address", listener.Addr().String(), "functions", len(p.deployments.List()))
	var err error
	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	slog.Info("local-provider stops", "grace", grace)
	ending, done := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer done()
	p.journal.Unfollow()
	if shut := server.Shutdown(ending); shut != nil {
		err = errors.Join(err, server.Close())
	}
	cancel()
	running.Wait()
	p.functions.Close(ending)
	p.close()
	return err
}

// restore puts back to work what was deployed, and takes over the processes of a provider that was killed.
func (p *Provider) restore(ctx context.Context) {
	for _, record := range p.deployments.List() {
		if err := p.functions.Apply(record); err != nil {
			slog.Error("a deployed function cannot be run; build and deploy it again", "error", err)
		}
	}
	if err := p.functions.Adopt(ctx); err != nil {
		slog.Error("cannot take over all processes of the former provider", "error", err)
	}
	p.connector.Apply(p.deployments.List())
}

func (p *Provider) handler() http.Handler {
	mux := http.NewServeMux()
	p.api.Register(mux)
	asked := p.health().Handler()
	mux.Handle("GET /healthz", asked)
	mux.Handle("GET /readyz", asked)
	calls := p.invoker.Handler()
	var queued http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "this provider runs without Redis, and so without a queue", http.StatusServiceUnavailable)
	})
	if p.queue != nil {
		queued = p.queue.Handler()
	}
	// The mux would clean the functions' paths; they are passed on as they came.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.EscapedPath(); {
		case strings.HasPrefix(path, invoke.Prefix):
			calls.ServeHTTP(w, r)
		case strings.HasPrefix(path, queue.Prefix):
			queued.ServeHTTP(w, r)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// health is what keeps the provider from its work: it needs Redis for its queue.
func (p *Provider) health() health.Process {
	asked := health.Process{Log: slog.Default()}
	if p.redis != nil {
		asked.Redis = p.redis
	}
	return asked
}

func (p *Provider) close() {
	p.invoker.Close()
	p.journal.Close()
	if p.redis != nil {
		if err := p.redis.Close(); err != nil {
			slog.Warn("closing the connections to Redis failed", "error", err)
		}
	}
}
