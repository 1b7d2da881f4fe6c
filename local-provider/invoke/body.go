package invoke

import (
	"context"
	"errors"
	"io"
	"sync"
)

// heldBody is an answer's body whose closing ends the use of the process.
type heldBody struct {
	io.ReadCloser

	ctx     context.Context //nolint:containedctx // it bounds the reading of this body only
	release func()
	once    sync.Once
}

// heldStream is a heldBody of a connection that was upgraded, and is written to as well.
type heldStream struct {
	*heldBody
	io.Writer
}

func hold(ctx context.Context, body io.ReadCloser, release func()) io.ReadCloser {
	held := &heldBody{ReadCloser: body, ctx: ctx, release: release}
	if w, ok := body.(io.Writer); ok {
		return heldStream{held, w}
	}
	return held
}

// Read names the time limit that cut the answer short, if one did.
func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		if cause := context.Cause(b.ctx); cause != nil {
			return n, errors.Join(cause, err)
		}
	}
	return n, err
}

func (b *heldBody) Close() error {
	err := b.ReadCloser.Close()
	b.once.Do(b.release)
	return err
}
