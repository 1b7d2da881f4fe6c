// Package mrkdwn turns text that Slack sends into what the person typed, and plain text into text that Slack shows as it
// is: nothing that came from outside becomes a link, a mention, a style or the end of a code block.
//
// Source: https://docs.slack.dev/messaging/formatting-message-text/
package mrkdwn
