// Package github is a stand-in for GitHub: its REST API answers as GitHub's own does, its webhooks are signed and recorded
// as deliveries, and the people of a small organisation can be made to push, comment, review and click, so that a bot can be
// tried, and its bad days rehearsed, without a GitHub.
//
// A Server is one GitHub with an organisation, its repositories and people, and one App. Everything that exists is kept in
// tables; the REST API, the pages and the people all change it through the same few methods, and each change is told to the
// hooks that subscribed to it: a hook of a repository, of its organisation and of the App each get a delivery of their own.
// As on GitHub nothing is sent twice by itself: a delivery that failed stays failed until somebody asks for it again.
//
// What is taken from the real thing, by its documentation at docs.github.com, by the schemas that its makers publish, and by
// the answers that people have put into issues: paths under /api/v3 and at the root, error bodies, Link headers, ETags, rate
// limits and secondary rate limits, JSON web tokens and installation tokens, what needs which permission, the limits of check
// runs. What is invented for tests stands apart under /sandbox/: faults to order, people to play, and the ledger of what was
// called.
package github
