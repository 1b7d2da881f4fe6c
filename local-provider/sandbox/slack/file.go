package slack

// MaxFile is how many bytes a file may have. Slack's own limit is 1 GB; a sandbox is small.
const MaxFile = 1 << 20

// A File is something that a person uploaded.
type File struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Title    string   `json:"title,omitempty"`
	Mimetype string   `json:"mimetype"`
	Filetype string   `json:"filetype"` // Slack's short word: "text", "csv", "yaml"
	User     string   `json:"user"`
	Created  int64    `json:"created"` // Unix seconds
	Channels []string `json:"channels"`
	Content  []byte   `json:"content"`
	Deleted  bool     `json:"deleted,omitempty"` // it was there once
}
