package slacktest

import (
	"encoding/json"
	"regexp"
	"slices"

	goslack "github.com/slack-go/slack"
)

// live is what notifies somebody, in Slack's markup or, where Slack looks for names, in plain text.
var live = regexp.MustCompile(`<[@!][^>]*>|(?i:@(?:channel|here|everyone)\b)`)

// Live lists what in a message would notify somebody, "<@U123>" or "<!channel>", sorted, each once.
func Live(blocks []goslack.Block, text string) []string {
	found := live.FindAllString(text, -1)
	raw, err := json.Marshal(blocks)
	if err != nil {
		return []string{err.Error()}
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return []string{err.Error()}
	}
	found = append(found, liveIn(value)...)
	slices.Sort(found)
	return slices.Compact(found)
}

// liveIn looks through all texts but those that Slack shows as they are, and values that nobody sees.
func liveIn(value any) []string {
	var found []string
	switch v := value.(type) {
	case map[string]any:
		if v["type"] == "mrkdwn" {
			return live.FindAllString(str(v["text"]), -1)
		}
		for _, inner := range v {
			found = append(found, liveIn(inner)...)
		}
	case []any:
		for _, inner := range v {
			found = append(found, liveIn(inner)...)
		}
	}
	return found
}
