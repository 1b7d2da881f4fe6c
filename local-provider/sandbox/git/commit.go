package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// gitTime bounds one run of git.
const gitTime = time.Minute

// run runs git in a repository and returns what it printed.
func (s *Server) run(dir string, stdin []byte, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), gitTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(stdin)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=" + s.options.Dir, "LC_ALL=C",
	}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

// Commit is a change of a repository.
type Commit struct {
	Repository string `json:"repository"`
	// Branch is "main" when empty. It is made when it is not there.
	Branch string `json:"branch"`
	// From is what a new branch begins at: a branch, a tag, a commit; nothing when empty.
	From    string `json:"from"`
	Message string `json:"message"`
	Author  string `json:"author"`
	// Files are written, by path; an empty text removes one.
	Files map[string]string `json:"files"`
	// Tag, when not empty, is made or moved to what was committed.
	Tag string `json:"tag"`
	// At is when; now when zero.
	At time.Time `json:"at"`
}

var errCommit = errors.New("bad commit")

// Commit makes a commit, and the repository if it is not there, and returns its name.
func (s *Server) Commit(c Commit) (string, error) {
	dir, err := s.Create(c.Repository)
	if err != nil {
		return "", err
	}
	text, branch, err := s.script(dir, &c)
	if err != nil {
		return "", err
	}
	if _, err := s.run(dir, []byte(text), "fast-import", "--quiet", "--force"); err != nil {
		return "", err
	}
	return s.run(dir, nil, "rev-parse", "--verify", "refs/heads/"+branch)
}

// script is the commit in the language of git-fast-import(1).
func (s *Server) script(dir string, c *Commit) (text, branch string, err error) {
	if branch = c.Branch; branch == "" {
		branch = "main"
	}
	for _, name := range []string{"refs/heads/" + branch, "refs/tags/" + c.Tag + "x"} {
		if _, err := s.run(dir, nil, "check-ref-format", name); err != nil {
			return "", "", fmt.Errorf("%w: %s is no name of a ref", errCommit, name)
		}
	}
	if c.At.IsZero() {
		c.At = time.Now()
	}
	who := c.Author
	if who == "" || strings.ContainsAny(who, "<>\r\n") {
		who = "Somebody"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "commit refs/heads/%s\nmark :1\ncommitter %s <somebody@example.org> %d +0000\ndata %d\n%s\n",
		branch, who, c.At.Unix(), len(c.Message), c.Message)
	if from := s.tip(dir, branch, c.From); from != "" {
		fmt.Fprintf(&b, "from %s\n", from)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		if name != path.Clean(name) || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "../") || strings.ContainsAny(name, "\"\n\\") {
			return "", "", fmt.Errorf("%w: %s is no path of a file", errCommit, strconv.Quote(name))
		}
		if text := c.Files[name]; text == "" {
			fmt.Fprintf(&b, "D %s\n", name)
		} else {
			fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
		}
	}
	if c.Tag != "" {
		fmt.Fprintf(&b, "reset refs/tags/%s\nfrom :1\n", c.Tag)
	}
	b.WriteString("done\n")
	return b.String(), branch, nil
}

// tip is what a commit goes on from; empty for nothing.
func (s *Server) tip(dir, branch, from string) string {
	for _, name := range []string{"refs/heads/" + branch, from} {
		if name == "" || strings.HasPrefix(name, "-") {
			continue
		}
		if tip, err := s.run(dir, nil, "rev-parse", "--verify", "--quiet", name+"^{commit}"); err == nil {
			return tip
		}
	}
	return ""
}
