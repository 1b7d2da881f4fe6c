package github

import (
	"net/url"
	"strconv"
	"strings"
)

const (
	usualPage   = 30
	longestPage = 100
)

// A sheet is a page of a list.
type sheet struct{ number, size int }

func (r *request) sheet() sheet {
	p := sheet{number: 1, size: usualPage}
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && n > 0 {
		p.number = n
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("per_page")); err == nil && n > 0 {
		p.size = min(n, longestPage)
	}
	return p
}

// paged answers a page of a list, with links to the others.
func paged[T any](r *request, all []T, show func(T) object) answer {
	p := r.sheet()
	rows := []object{}
	for _, v := range part(all, p) {
		rows = append(rows, show(v))
	}
	return r.linked(ok(rows), p, len(all))
}

// part are the things of a page.
func part[T any](all []T, p sheet) []T {
	from := min((p.number-1)*p.size, len(all))
	return all[from:min(from+p.size, len(all))]
}

// linked adds the links to the other pages of a list of so many.
func (r *request) linked(a answer, p sheet, total int) answer {
	last := max((total+p.size-1)/p.size, 1)
	var links []string
	add := func(rel string, page int) {
		links = append(links, "<"+r.other("page", strconv.Itoa(page))+`>; rel="`+rel+`"`)
	}
	if p.number > 1 {
		add("prev", min(p.number-1, last))
		add("first", 1)
	}
	if p.number < last {
		add("next", p.number+1)
		add("last", last)
	}
	if len(links) == 0 {
		return a
	}
	return a.with("Link", strings.Join(links, ", "))
}

// other is this request's URL with another value of a parameter.
func (r *request) other(name, value string) string {
	u := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath}
	query := r.URL.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return r.s.apiURL() + u.String()
}
