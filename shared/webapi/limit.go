package webapi

import (
	"errors"
	"io"
)

// ErrTooLarge says that an answer had more bytes than are read.
var ErrTooLarge = errors.New("the answer is larger than we read")

// Limit lets nobody read more than so many bytes of a body; beyond them it gives ErrTooLarge.
func Limit(body io.ReadCloser, bytes int64) io.ReadCloser { return &limited{body: body, left: bytes} }

type limited struct {
	body io.ReadCloser
	left int64
}

// Read reads on, or says that it was too much.
func (b *limited) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err // io.EOF must stay itself
}

// Close closes it.
func (b *limited) Close() error { return b.body.Close() }
