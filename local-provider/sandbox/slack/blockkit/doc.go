// Package blockkit checks blocks and views as Slack does before it takes them.
//
// The rules are those of docs.slack.dev/reference/block-kit (blocks, block-elements, composition-objects) and
// docs.slack.dev/reference/views, one table for each; what a rule finds is said in the words of Slack's own answers, with
// a pointer to the place: "must be less than 3001 characters [json-pointer:/blocks/0/text/text]". Characters are counted
// as Unicode code points.
//
// Not known, and so refused as unsupported: blocks that only Slack makes (call, file, huddle) and those for agents (alert,
// card, carousel, container, data_table, plan, task_card).
package blockkit
