// Package slack is a stand-in for Slack: its Web API answers as Slack's own does, and the people of a small workspace can
// be made to type, click and upload, so that an app can be tried, and its bad days rehearsed, without a Slack.
//
// A Server is one Slack with a home team, a guest, a stranger of another team, and one installed app. Everything that
// exists (people, groups, channels, messages, files, views) is kept in a Store; the Web API, the page and the people all
// change it through the same few methods, and each change is told to who listens (the sender of events) as it happens.
//
// What is taken from the real thing, by its documentation at docs.slack.dev and by the answers that the makers of
// clients have recorded: arguments as form or JSON, `ok` and `error`, the error codes of each method, scopes, rate
// limits by tier with Retry-After, cursors, Block Kit's limits, the life of trigger ids and response URLs. What is
// invented for tests stands apart under /sandbox/: faults to order, people to play, and the ledger of what was called.
//
// Memory is bounded: the oldest messages go when a channel, or all together, hold too much.
package slack
