package endtoend

import (
	"maps"
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

// withGatherings adds what conversations about events need:
//
//	keeps FIELD PATTERN  the event sandbox has a field like that; ! that it has no such field
func withGatherings(
	all map[string]func(ts *testscript.TestScript, neg bool, args []string), of func(ts *testscript.TestScript) *system,
) map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	maps.Copy(all, map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"keeps": func(ts *testscript.TestScript, neg bool, args []string) {
			s, want := of(ts), regexp.MustCompile(append(args, "^$")[1])
			s.eventually(args[0]+" is as it is to be", func() bool {
				text := s.redis.HGet(s.Context(), "handsoff:ptg:sandbox", args[0]).Val()
				return neg && text == "" || !neg && want.MatchString(text)
			})
		},
	})
	return all
}
