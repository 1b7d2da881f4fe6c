// Package form is the modal in which people choose a command and fill in its arguments.
//
// It has two steps in one window: a menu of the commands that the person may use, and, once one is chosen, a field for
// each of its arguments. What comes back is read into typed arguments as shared/command's Adopt takes them. Nothing here
// speaks with Slack: views are made of declarations, and arguments of a view's state.
package form
