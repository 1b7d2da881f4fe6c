package main

import (
	"io"
	"net/http"
	"strings"
)

// post presses a button in Jenkins, as another of its users would.
func (b *bench) post(path string) {
	b.Helper()
	b.send(path, http.NoBody)
}

// createJob makes a job in the folder demo.
func (b *bench) createJob(name, config string) {
	b.Helper()
	b.send("/job/demo/createItem?name="+name, strings.NewReader(config))
}

func (b *bench) send(path string, body io.Reader) {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.web.URL+path, body)
	if err != nil {
		b.Fatal(err)
	}
	if body != http.NoBody {
		request.Header.Set("Content-Type", "application/xml")
	}
	request.SetBasicAuth(account, apiKey)
	answer, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusBadRequest {
		b.Fatalf("POST %s: %s", path, answer.Status)
	}
}
