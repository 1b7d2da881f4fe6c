// Package check finds what is wrong in a configuration before anybody runs with it: mistakes in YAML, keys and values that the
// schema does not have, and what only the parts themselves can judge, such as a rule whose condition cannot be read, a step
// that needs a command which nobody has, or a role that nobody can have.
//
// Each mistake has its line and column. A key that was probably misspelt is told with the nearest one that there is.
//
// A key at the top that nobody knows may be the section of a function of a team's own. It is let be when a deployed function says
// that it needs that section (needs: in a command's declaration), or when it begins with x-, where anchors are kept; it is a
// mistake when it resembles a section that there is; otherwise it is a warning.
package check
