package endtoend

import (
	"bufio"
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// visitor is somebody with a browser that runs no scripts.
type visitor struct {
	*system
	client *http.Client
}

func (s *system) visitor() *visitor {
	s.Helper()
	jar, err := cookiejar.New(nil)
	s.must(err)
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &visitor{s, &http.Client{Jar: jar, CheckRedirect: stay}}
}

// sheet is a page that somebody has before them.
type sheet struct {
	at     *url.URL
	status int
	leads  *url.URL // to where else; nil when nowhere
	body   string
}

// get opens a page, again while the site has trouble.
func (v *visitor) get(where string) (p *sheet) {
	v.Helper()
	v.eventually(where+" is there", func() bool {
		p = v.ask(http.MethodGet, where, nil)
		return p != nil && p.status < http.StatusInternalServerError
	})
	return p
}

// ask makes a request once, as a page of the site does. There is no page when nobody answers.
func (v *visitor) ask(method, where string, form url.Values) *sheet {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, where, strings.NewReader(form.Encode()))
	v.must(err)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", v.ports.GatewayURL())
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := v.client.Do(request)
	if err != nil {
		return nil
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil
	}
	leads, _ := answer.Location() // it is an error that there is none
	return &sheet{request.URL, answer.StatusCode, leads, string(body)}
}

// send sends a form and opens the page that it leads to.
func (v *visitor) send(where string, form url.Values) *sheet {
	v.Helper()
	p := v.ask(http.MethodPost, where, form)
	if p == nil || p.status != http.StatusSeeOther || p.leads == nil {
		v.Fatalf("%s leads nowhere: %+v", where, p)
	}
	return v.get(p.leads.String())
}

// press sends the form of a page whose action ends so, with what somebody typed into it.
func (v *visitor) press(p *sheet, action string, typed ...string) *sheet {
	v.Helper()
	where, form, there := p.form(action)
	if !there {
		v.Fatalf("%s has no form %s:\n%s", p.at, action, p.body)
	}
	for i := 0; i+1 < len(typed); i += 2 {
		form.Set(typed[i], typed[i+1])
	}
	return v.send(where, form)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// form is the form of a page whose action ends so, as it is before anybody types.
func (p *sheet) form(action string) (where string, fields url.Values, there bool) {
	found := regexp.MustCompile(`(?s)<form [^>]*method="post" action="([^"]*` + action + `)">(.*?)</form>`).FindStringSubmatch(p.body)
	if found == nil {
		return "", nil, false
	}
	fields = url.Values{}
	for _, field := range hidden.FindAllStringSubmatch(found[2], -1) {
		fields.Add(field[1], html.UnescapeString(field[2]))
	}
	return p.resolve(found[1]), fields, true
}

// attribute is the value of an attribute that the page has once.
func (p *sheet) attribute(name string) string {
	_, rest, _ := strings.Cut(p.body, " "+name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return html.UnescapeString(value)
}

// resolve is where a reference on the page leads to.
func (p *sheet) resolve(reference string) string {
	at := p.at
	for _, step := range append(baseOf.FindStringSubmatch(p.body)[1:], reference) {
		to, err := url.Parse(html.UnescapeString(step))
		if err != nil {
			return err.Error()
		}
		at = at.ResolveReference(to)
	}
	return at.String()
}

// baseOf finds from where a page's references lead on; it always matches.
var baseOf = regexp.MustCompile(`(?:<base href="([^"]*)">|$)`)

// listener has a stream of server-sent events open.
type listener struct {
	*visitor
	where string
	lines *bufio.Scanner
}

// listen opens a stream, and waits for its first word.
func (v *visitor) listen(where string) *listener {
	v.Helper()
	l := &listener{visitor: v, where: where}
	l.open()
	l.until("hello", "")
	return l
}

func (l *listener) open() {
	l.Helper()
	ctx, cancel := context.WithTimeout(l.Context(), patience)
	l.Cleanup(cancel)
	l.eventually(l.where+" can be listened to", func() bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.where, http.NoBody)
		l.must(err)
		answer, err := l.client.Do(request)
		if err != nil {
			return false
		}
		l.Cleanup(func() { _ = answer.Body.Close() })
		const longest = 4 << 20 // bytes in a line
		l.lines = bufio.NewScanner(answer.Body)
		l.lines.Buffer(nil, longest)
		return answer.StatusCode == http.StatusOK
	})
}

// unescape puts HTML back as it was before it went into JSON.
var unescape = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// until waits for an event whose data holds a text. A stream that has ended at its time is opened again, as browsers do.
func (l *listener) until(event, text string) {
	l.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); l.open() {
		name := ""
		for l.lines.Scan() {
			switch field, value, _ := strings.Cut(l.lines.Text(), ": "); {
			case field == "event":
				name = value
			case field == "data" && name == event && strings.Contains(unescape.Replace(value), text):
				return
			}
		}
	}
	l.Fatalf("%s says nothing of %s %q", l.where, event, text)
}
