package jenkins

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

// Limits of what a request may carry.
const (
	maxBody   = 4 << 20  // of a form or a config.xml
	maxUpload = 64 << 20 // of a multipart form with files
	maxFields = 1000     // of a multipart form, as in Jenkins
	maxField  = 1 << 20  // of one field
)

// A form is what a request was sent with: its query and, whatever the encoding, its body.
type form struct {
	query url.Values
	body  url.Values
	files map[string]upload
	raw   []byte // a body that is not a form
}

// An upload is a file that was sent. Its content is counted and forgotten.
type upload struct {
	name string
	size int64
}

// readForm reads a request's body within the limits.
func readForm(w http.ResponseWriter, r *http.Request) (*form, error) {
	f := &form{query: r.URL.Query(), body: url.Values{}, files: map[string]upload{}}
	kind, settings, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // without a type it is not a form
	if kind == "multipart/form-data" {
		err := f.readParts(multipart.NewReader(http.MaxBytesReader(w, r.Body, maxUpload), settings["boundary"]))
		return f, err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	if kind != "application/x-www-form-urlencoded" {
		f.raw = raw
		return f, nil
	}
	if f.body, err = url.ParseQuery(string(raw)); err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	return f, nil
}

func (f *form) readParts(parts *multipart.Reader) error {
	for range maxFields {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read multipart form: %w", err)
		}
		if err := f.readPart(part); err != nil {
			return err
		}
	}
	return fmt.Errorf("read multipart form: more than %d fields", maxFields)
}

func (f *form) readPart(part *multipart.Part) error {
	if part.FileName() != "" {
		size, err := io.Copy(io.Discard, part)
		if err != nil {
			return fmt.Errorf("read upload %q: %w", part.FormName(), err)
		}
		f.files[part.FormName()] = upload{name: part.FileName(), size: size}
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(part, maxField))
	if err != nil {
		return fmt.Errorf("read field %q: %w", part.FormName(), err)
	}
	f.body.Add(part.FormName(), string(text))
	return nil
}

// values are all values of a name, those of the query first; nil when there is none.
func (f *form) values(name string) []string {
	var out []string
	out = append(out, f.query[name]...)
	return append(out, f.body[name]...)
}

// get is the first value of a name; empty when there is none.
func (f *form) get(name string) string {
	if v := f.values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// has says whether the name was sent at all.
func (f *form) has(name string) bool { return len(f.values(name)) > 0 }

// anything says whether anything was sent.
func (f *form) anything() bool { return len(f.query)+len(f.body)+len(f.files) > 0 }
