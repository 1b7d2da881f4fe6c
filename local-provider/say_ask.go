package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/sign"
)

const (
	// answerWithin is how long the bot may take over a line.
	answerWithin = time.Minute
	// maxSaid bounds what of an answer is read, in bytes.
	maxSaid = 4 << 20
)

// ask hands in a line once. What the bot refuses is an answer with a problem; an error means that nobody answered as the bot does.
func (b *bot) ask(ctx context.Context, line string) (command.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var answer command.Answer
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url+"/function/command", strings.NewReader(line))
	if err != nil {
		return answer, fmt.Errorf("speak to the bot: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	request.Header.Set(sign.Header, b.key.Sign([]byte(line)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer, fmt.Errorf("the bot cannot be reached (`local-provider status` says what runs): %w", err)
	}
	defer func() { _ = response.Body.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(response.Body, maxSaid))
	if err != nil {
		return answer, fmt.Errorf("read what the bot says: %w", err)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return answer, fmt.Errorf("the gateway answered %s: %s", response.Status, chat.OneLine(string(text)))
	}
	return answer, nil
}
