// Package rule is rules as data: which events of GitHub and Gerrit lead to what.
//
// A rule is an entry of the configuration's list rules. It names topics, filters (where), a condition (if), who may set it
// off (needs, unless), and what is to be done: a command is run, somebody is told, a value is remembered. [Read] reads the
// list; an entry with a mistake becomes a config.Fault with its line, and the others work. [Set.Decide] finds the rules that an
// event matches, the cheap questions first; [Set.Explain] answers for one rule, question by question, with what it saw.
//
// Nothing here acts, and nothing here keeps anything: the function event does. What an event says is data at every step. A
// [Template] puts it into one value, never into more values than were declared, and a [Condition] has bounded work.
//
// Conditions and templates are one language, expr (github.com/expr-lang/expr), made lenient: what is missing is nil, a
// member of nil is nil, nil is false where true or false is asked, empty where a text or a list is, and never less or more
// than anything. See [Env] for the names, and functions.go for the functions.
package rule
