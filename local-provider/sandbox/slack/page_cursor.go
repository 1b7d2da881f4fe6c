package slack

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// How many items a page has (docs.slack.dev/apis/web-api/pagination: at most 1,000, 100 to 200 recommended).
const (
	defaultPage = 100
	maxPage     = 1000
)

// paged is the page of a list that a call asks for, and the cursor of the next one. what stands in the cursor, so that
// one of another method is refused.
func paged[T any](c *call, all []T, ifEmpty, most int, what string) (page []T, next string, err error) {
	limit, err := c.number("limit", ifEmpty)
	if err != nil || limit < 0 || limit > most {
		return nil, "", refuse("invalid_limit")
	}
	if limit == 0 {
		limit = ifEmpty
	}
	from, err := readCursor(c.text("cursor"), what)
	if err != nil || from > len(all) {
		return nil, "", refuse("invalid_cursor")
	}
	to := min(from+limit, len(all))
	if to < len(all) {
		next = cursor(what, to)
	}
	return append([]T{}, all[from:to]...), next, nil
}

// cursor is where a page begins, opaque as Slack's are.
func cursor(what string, at int) string {
	return base64.StdEncoding.EncodeToString([]byte(what + ":" + itoa(at)))
}

func readCursor(text, what string) (int, error) {
	if text == "" {
		return 0, nil
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return 0, err
	}
	number, ok := strings.CutPrefix(string(raw), what+":")
	if !ok {
		return 0, refuse("invalid_cursor")
	}
	at, err := strconv.Atoi(number)
	if err == nil && at < 0 {
		err = refuse("invalid_cursor")
	}
	return at, err
}
