package openstack

import (
	"cmp"
	"maps"
	"net/http"
)

// identityForm is Keystone's, and that of the guard before most services.
func identityForm(r *refusal) answer {
	body := object{"code": r.status, "title": http.StatusText(r.status), "message": r.message}
	maps.Copy(body, r.more)
	return reply(r.status, object{"error": body})
}

// computeFaults are the names that Nova and Cinder give to mistakes.
var computeFaults = map[int]string{
	http.StatusBadRequest: "badRequest", http.StatusUnauthorized: "unauthorized", http.StatusForbidden: "forbidden",
	http.StatusNotFound: "itemNotFound", http.StatusMethodNotAllowed: "badMethod", http.StatusConflict: "conflictingRequest",
	http.StatusRequestEntityTooLarge: "overLimit", http.StatusTooManyRequests: "overLimit",
	http.StatusUnsupportedMediaType: "badMediaType", http.StatusNotImplemented: "notImplemented",
	http.StatusServiceUnavailable: "serviceUnavailable",
}

// computeForm is Cinder's, and Nova's but for its header.
func computeForm(r *refusal) answer {
	return reply(r.status, object{cmp.Or(computeFaults[r.status], "computeFault"): object{"code": r.status, "message": r.message}})
}

// networkForm is Neutron's.
func networkForm(r *refusal) answer {
	kind := r.kind
	if kind == "" {
		kind = "HTTP" + compact(http.StatusText(r.status))
	}
	return reply(r.status, object{"NeutronError": object{"type": kind, "message": r.message, "detail": ""}})
}

func compact(text string) string {
	out := make([]rune, 0, len(text))
	for _, c := range text {
		if c != ' ' && c != '-' {
			out = append(out, c)
		}
	}
	return string(out)
}

// heatForm is Heat's.
func heatForm(r *refusal) answer {
	title := http.StatusText(r.status)
	return reply(r.status, object{
		"code": r.status, "title": title, "explanation": heatExplanation(r.status),
		"error": object{"message": r.message, "traceback": nil, "type": cmp.Or(r.kind, "HTTP"+compact(title))},
	})
}

func heatExplanation(status int) string {
	switch status {
	case http.StatusNotFound:
		return "The resource could not be found."
	case http.StatusConflict:
		return "There was a conflict when trying to complete your request."
	case http.StatusForbidden:
		return "Access was denied to this resource."
	case http.StatusBadRequest:
		return "The server could not comply with the request since it is either malformed or otherwise incorrect."
	}
	return http.StatusText(status)
}

// placementForm is Placement's. The kind of a mistake is told since 1.23.
func placementForm(r *refusal) answer {
	body := object{"status": r.status, "title": http.StatusText(r.status), "detail": r.message + "  ", "request_id": "req-" + newUUID()}
	if r.kind != "" {
		body["code"] = r.kind
	}
	maps.Copy(body, r.more)
	return reply(r.status, object{"errors": []object{body}})
}

// flask is what Keystone's framework says of a path that it does not know.
func flask(*call) (answer, error) {
	return answer{status: http.StatusNotFound, kind: "text/html; charset=utf-8", raw: []byte("<!doctype html>\n<html lang=en>\n" +
		"<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL " +
		"manually please check your spelling and try again.</p>\n")}, nil
}

// novaForm is Nova's.
func novaForm(r *refusal) answer {
	a := computeForm(r)
	a.kind = "application/json; charset=UTF-8"
	return a
}

// paste is what Nova's framework says of a path that it does not know, before it looks at the version.
func paste(c *call) (answer, error) {
	c.unversioned = true
	return answer{
		status: http.StatusNotFound, kind: "text/plain; charset=UTF-8",
		raw: []byte("404 Not Found\n\nThe resource could not be found.\n\n   "),
	}, nil
}
