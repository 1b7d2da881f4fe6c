package job

import (
	"context"
	"fmt"
)

// Tended lists the functions that look after something for as long as it is there, also while no job is due: the clock nudges each of them now and then. Who does
// puts its name into the set as that comes to be, and takes it out with the last of it.
func (s *Store) Tended(ctx context.Context) ([]string, error) {
	functions, err := s.rdb.SMembers(ctx, TendedKey).Result()
	if err != nil {
		return nil, fmt.Errorf("job: list who looks after something: %w", err)
	}
	return functions, nil
}
