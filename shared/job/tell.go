package job

import "context"

// Tell adds a line to the story of an unfinished job that no worker has in hand, once per mark: what the platform knows
// about it, such as that its function is not there. It reports whether the line was added.
func (s *Store) Tell(ctx context.Context, id, mark, text string) (bool, []Pointer, error) {
	answer, err := s.ask(ctx, tellScript, id, mark, cut(text))
	if err != nil {
		return false, nil, err
	}
	return answer.word() == "ok", answer.pointers(1), nil
}
