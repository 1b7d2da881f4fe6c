// Package slack is what the parts of handsoff that speak with Slack have in common: the configuration, a client with
// limits, what Slack's errors mean, and how places in Slack are written as addresses.
//
// The package mrkdwn turns Slack's text into plain text and back, the package card shows jobs and answers as blocks.
// slack-go is imported as goslack, because this package has the shorter name.
package slack
