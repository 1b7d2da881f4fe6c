package gerrit

import (
	"cmp"
	"slices"
)

// queryLimit is how many changes one query gives, Gerrit's own limit for everybody.
const queryLimit = 500

// search finds the changes that somebody sees and that match, the latest updated first, from the start-th on; more says that
// there are others. A limit of 0 is the server's own.
func (s *Server) search(who *Account, text string, start, limit int) (found []*Change, more bool, err error) {
	q, err := s.parseQuery(who, text)
	if err != nil {
		return nil, false, err
	}
	for _, c := range s.changes {
		if s.sees(who, c) && q.matches(c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *Change) int {
		return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(b.Number, a.Number))
	})
	most := queryLimit
	for _, n := range []int{limit, q.limit} {
		if n > 0 {
			most = min(most, n)
		}
	}
	found = found[min(max(start, 0), len(found)):]
	if len(found) > most {
		return found[:most], true, nil
	}
	return found, false, nil
}
