package upload

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

// MaxBytes is how large a file may be.
const MaxBytes = 64 << 10

// File is a file as an event tells of it, https://docs.slack.dev/reference/objects/file-object
type File struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Mode     string `json:"mode"` // hosted, snippet, external, tombstone, hidden_by_limit, …
	Type     string `json:"mimetype"`
	Size     int64  `json:"size"`
	External bool   `json:"is_external"`
	Access   string `json:"file_access"` // check_file_info: the event tells nothing more of it
	URL      string `json:"url_private_download"`
	Plain    string `json:"url_private"`
}

// ReadFile reads what an event tells of a file.
func ReadFile(text []byte) (*File, error) {
	f := new(File)
	if err := json.Unmarshal(text, f); err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	return f, nil
}

// Untold reports whether Slack tells more of the file only when it is asked.
func (f *File) Untold() bool { return f.Access == "check_file_info" }

// Media reports whether it is surely no text: a picture, a sound, a film.
func (f *File) Media() bool {
	kind, _, _ := strings.Cut(f.Type, "/")
	return kind == "image" || kind == "audio" || kind == "video"
}

// Address is where its bytes are.
func (f *File) Address() string {
	if f.URL != "" {
		return f.URL
	}
	return f.Plain
}

// Title is its name on one line, for people.
func (f *File) Title() string {
	const most = 80
	if name := chat.Brief(f.Name, most); name != "" {
		return name
	}
	return "the file"
}

// Unfit says why a file is not read, before it is; empty when it is worth a look.
func (f *File) Unfit() string {
	kind, _, _ := strings.Cut(f.Type, "/")
	switch {
	case f.Mode == "tombstone" || f.Mode == "hidden_by_limit":
		return "Slack no longer has " + f.Title() + ", so I cannot read it."
	case f.External || f.Mode == "external" || f.Mode == "space" || f.Mode == "canvas":
		return f.Title() + " is only a link or a canvas; upload a text file, with one command a line."
	case f.Size > MaxBytes:
		return fmt.Sprintf("%s has %d bytes, and I read %d at most: split it.", f.Title(), f.Size, MaxBytes)
	case kind != "text" && f.Type != "" && f.Type != "application/octet-stream":
		return fmt.Sprintf("%s is no text but %s. I read text files: one command a line, and lines that begin with # are left out.",
			f.Title(), chat.Brief(f.Type, 60))
	}
	return ""
}

// fileHosts are where Slack keeps files.
var fileHosts = []string{"files.slack.com", "files.slack-gov.com"}

// Trusted reports whether an address is one of Slack's for files, or on the host of the Web API where that is not Slack's
// own. The token goes nowhere else, whatever an event says.
func Trusted(address, api string) bool {
	at, err := url.Parse(address)
	if err != nil || at.User != nil {
		return false
	}
	for _, host := range fileHosts {
		if at.Scheme == "https" && at.Host == host {
			return true
		}
	}
	own, err := url.Parse(api)
	return err == nil && own.Host != "" && at.Scheme == own.Scheme && at.Host == own.Host
}
