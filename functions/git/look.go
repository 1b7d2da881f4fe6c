package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/handsoff/handsoff/shared/git"
)

// look asks both sides for their branches and tags, and plans.
func (c *capability) look(ctx context.Context, m *mirror, r *reporter) (*plan, error) {
	upstream, downstream, err := c.listBoth(ctx, m, r.watch())
	if err != nil {
		return nil, err
	}
	if err := c.reach(ctx, "looked"); err != nil {
		return nil, err
	}
	return m.planned(upstream, downstream)
}

// listBoth asks both at once. An empty downstream is a good one.
func (c *capability) listBoth(ctx context.Context, m *mirror, w git.Watch) (upstream, downstream []git.Ref, err error) {
	both, within := errgroup.WithContext(ctx)
	var upstreamErr, downstreamErr error
	both.Go(func() error {
		upstream, upstreamErr = c.git.List(within, m.upstream, w)
		return upstreamErr
	})
	both.Go(func() error {
		downstream, downstreamErr = c.git.List(within, m.downstream, w)
		return downstreamErr
	})
	err = both.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, nil, errors.Join(context.Cause(ctx), err)
	case err == nil && len(upstream) == 0:
		return nil, nil, refused(m.upstream.String() + " is empty: there is nothing to sync. Nothing was pushed.")
	}
	return upstream, downstream, err
}

// fetch brings what is new into the copy.
func (c *capability) fetch(ctx context.Context, m *mirror, p *plan, cache *git.Cache, r *reporter) error {
	lacking, err := cache.Lacking(ctx, p.objects())
	if err != nil || len(lacking) == 0 {
		return err
	}
	r.phase("fetching from "+m.upstream.String(), afterLook, afterFetch)
	slices.Sort(p.specs)
	if err := cache.Fetch(ctx, m.upstream, slices.Compact(p.specs), r.watch()); err != nil {
		return err
	}
	if err := c.reach(ctx, "fetched"); err != nil {
		return err
	}
	if lacking, err = cache.Lacking(ctx, p.objects()); err != nil {
		return err
	}
	if len(lacking) > 0 { // a branch was moved back while we fetched: the next look sees it
		return fmt.Errorf("%s changed while it was fetched", m.upstream)
	}
	return cache.Keep(p.listed, p.fetched)
}
