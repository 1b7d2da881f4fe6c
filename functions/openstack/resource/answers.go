package resource

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// answerWithin is how long a server may take to answer one knock.
const answerWithin = 3 * time.Second

// maxBanner is how long a line an SSH server may say of itself, and how many lines may come before it (RFC 4253, 4.2).
const (
	maxBanner = 255
	maxBefore = 20
)

// Answers says whether something takes connections at the port of an address, and with ssh whether that is an SSH server: nil, or why not, in a few words. It
// takes a few seconds at most.
func Answers(ctx context.Context, address string, port int, ssh bool) error {
	if ssh {
		_, err := Greets(ctx, address, port)
		return err
	}
	conn, err := knock(ctx, address, port)
	if err != nil {
		return err
	}
	return conn.Close()
}

// Greets is what an SSH server at the port says it is ("SSH-2.0-OpenSSH_9.2"), without its line's end; it is a stranger's text. Errors say in a few words why
// there is none.
func Greets(ctx context.Context, address string, port int) (string, error) {
	conn, err := knock(ctx, address, port)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	deadline := time.Now().Add(answerWithin)
	if theirs, has := ctx.Deadline(); has && theirs.Before(deadline) {
		deadline = theirs
	}
	if err := conn.SetReadDeadline(deadline); err != nil {
		return "", errors.New("the connection broke")
	}
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()
	lines := bufio.NewReaderSize(conn, maxBanner+1)
	for range maxBefore {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return "", errors.New("it takes connections and says nothing that SSH would")
		}
		if greeting := strings.TrimRight(string(line), "\r\n"); strings.HasPrefix(greeting, "SSH-") {
			return greeting, nil
		}
	}
	return "", errors.New("it says something that SSH would not")
}

func knock(ctx context.Context, address string, port int) (net.Conn, error) {
	if net.ParseIP(address) == nil || port < 1 || port > 65535 {
		return nil, fmt.Errorf("%q and %d are no address and port", address, port)
	}
	dialer := net.Dialer{Timeout: answerWithin}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err == nil {
		return conn, nil
	}
	refused, _ := errors.AsType[net.Error](err)
	if refused != nil && refused.Timeout() {
		return nil, fmt.Errorf("port %d does not answer", port)
	}
	return nil, fmt.Errorf("port %d takes no connections", port)
}
