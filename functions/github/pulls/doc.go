// Package pulls is the commands about one pull request: to show it, and, as jobs, to comment on it, close it, merge it and
// change its labels.
//
// What a job does to a pull request it does once, whoever dies meanwhile: it looks before it acts, and its comments carry a
// hidden mark. Before it acts it says so ([event.Acted]), so that the event which GitHub sends of it is known to be ours.
package pulls
