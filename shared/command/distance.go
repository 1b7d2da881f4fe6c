package command

import "github.com/handsoff/handsoff/shared/near"

// Meant ends a sentence about an unknown name with those that were probably meant, "; did you mean topic?"; empty when none
// was.
func Meant(typed string, known []string) string { return near.Meant(typed, known) }

// Nearest gives the candidates that were probably meant by what was typed, as [near.Names] does.
func Nearest(typed string, candidates []string) []string { return near.Names(typed, candidates) }
