package question

import "sync"

// each does something for all of a short list at once.
func each[T any](list []T, do func(i int, one T)) {
	var all sync.WaitGroup
	for i, one := range list {
		all.Go(func() { do(i, one) })
	}
	all.Wait()
}
