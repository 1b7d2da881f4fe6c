package slack

import (
	"fmt"
	"strings"
)

// An Upload is a file that a person drops into a conversation.
type Upload struct {
	Channel string `json:"channel"`
	Thread  string `json:"thread,omitempty"`
	Name    string `json:"name"`
	Content string `json:"content"`
	Text    string `json:"text,omitempty"` // typed beside it
}

// Upload shares a file and returns the ts of its message.
func (p *Person) Upload(up Upload) (ts string, err error) {
	p.s.do(func() { ts, err = p.upload(up) })
	return ts, err
}

func (p *Person) upload(up Upload) (string, error) {
	c, err := p.writable(up.Channel)
	if err != nil {
		return "", err
	}
	if up.Name == "" || len(up.Content) > MaxFile {
		return "", fmt.Errorf("%w: a file has a name and at most %d bytes", ErrUnusable, MaxFile)
	}
	m := Message{User: p.id, Team: p.s.users[p.id].TeamID, ClientID: newUUID()}
	if strings.TrimSpace(up.Text) != "" {
		if m, err = p.typed(up.Text, false); err != nil {
			return "", err
		}
	}
	if err := p.reply(c, &m, Saying{Thread: up.Thread}); err != nil {
		return "", err
	}
	mime, kind := fileType(up.Name)
	f := p.s.addFile(&File{
		Name: up.Name, Mimetype: mime, Filetype: kind, User: p.id, Channels: []string{c.ID}, Content: []byte(up.Content),
	})
	m.Subtype, m.Files = "file_share", []string{f.ID}
	return p.s.post(c, m).TS, nil
}

// fileType is what Slack says of a file, by the end of its name.
func fileType(name string) (mime, kind string) {
	end := ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		end = strings.ToLower(name[i+1:])
	}
	switch end {
	case "csv":
		return "text/csv", "csv"
	case "md":
		return "text/markdown", "markdown"
	case "json":
		return "application/json", "json"
	case "yml", "yaml":
		return "text/yaml", "yaml"
	case "sh":
		return "text/x-sh", "shell"
	case "png":
		return "image/png", "png"
	case "gz", "zip", "bin":
		return "application/octet-stream", "binary"
	default:
		return "text/plain", "text"
	}
}
