package life

import "sync"

// together does something for each of a list, a few at a time, and gives what came of it in the list's order.
func together[T, R any](list []T, do func(T) R) []R {
	results := make([]R, len(list))
	slots := make(chan struct{}, sideBySide)
	var all sync.WaitGroup
	for i, one := range list {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			results[i] = do(one)
		})
	}
	all.Wait()
	return results
}
