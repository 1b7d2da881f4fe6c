package jenkins

import (
	"net/http"
	"strconv"
)

func (q *queueItem) path() string { return "queue/item/" + itoa64(q.ID) + "/" }

// routeQueue serves the queue. It has no page of its own.
func (s *Server) routeQueue(rq *request, rest []string) answer {
	switch {
	case isAPI(rest):
		return s.api(rq, rest, s.exporter(rq).queue())
	case len(rest) >= 1 && rest[0] == "cancelItem":
		if !rq.posted() {
			return s.postRequired(rq)
		}
		return s.cancelByID(rq)
	case len(rest) >= 2 && rest[0] == "item":
		return s.routeQueueItem(rq, rest[1], rest[2:])
	default:
		return s.notFound()
	}
}

func (s *Server) routeQueueItem(rq *request, text string, rest []string) answer {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return s.notFound()
	}
	q := s.queued(id)
	switch {
	case q == nil:
		return s.notFound()
	case len(rest) == 0:
		return plain(http.StatusOK, "Queue item exists. For details check, for example, "+rq.URL.Path+
			"api/json?tree=cancelled,executable[url]")
	case isAPI(rest):
		return s.api(rq, rest, s.exporter(rq).queueItem(q))
	case rest[0] == "cancelQueue":
		if !rq.posted() {
			return s.postRequired(rq)
		}
		s.cancel(q)
		if s.options.OldQueueCancel {
			return rq.back()
		}
		return answer{status: http.StatusNoContent}
	default:
		return s.notFound()
	}
}

// cancelByID is /queue/cancelItem?id=. Before 2.211 it always redirected, to a page that is not there.
func (s *Server) cancelByID(rq *request) answer {
	id, err := strconv.ParseInt(rq.form.get("id"), 10, 64)
	if err != nil {
		id = 0
	}
	q := s.queued(id)
	if s.options.OldQueueCancel {
		if q != nil {
			s.cancel(q)
		}
		return rq.back()
	}
	switch {
	case q == nil:
		return s.oops(http.StatusNotFound)
	case s.cancel(q):
		return answer{status: http.StatusNoContent}
	default:
		return s.oops(http.StatusInternalServerError)
	}
}
