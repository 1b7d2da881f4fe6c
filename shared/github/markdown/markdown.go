// Package markdown writes text from outside into GitHub's comments so that it is shown as it is: it formats nothing, calls
// nobody, links nothing, and can end neither a piece of code nor a hidden comment of ours.
//
// GitHub looks for @names, #numbers, SHAs and addresses after the Markdown was rendered, so a backslash or an entity does
// not help against those; a space of no width within does, and so does code.
package markdown

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
)

// Most is how many characters a comment, or a part of a check run, may have.
// Source: the API's own error, "body is too long (maximum is 65536 characters)".
const Most = 65536

// gap is a space of no width.
const gap = "&#8203;"

// escapes are the characters that mean something in GitHub's Markdown.
var escapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`, "(", `\(`, ")", `\)`,
	"+", `\+`, "-", `\-`, "!", `\!`, "|", `\|`, "~", `\~`, "=", `\=`, "$", `\$`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
	"@", "@"+gap, "#", `\#`+gap, "://", ":"+gap+"//", "www.", "www"+gap+".",
)

// What GitHub links besides: commits by seven digits and more of their SHAs, issues as GH-12.
var (
	commits = regexp.MustCompile(`(?i)\b[0-9a-f]{7,64}\b`)
	issues  = regexp.MustCompile(`(?i)\b(gh)(-[0-9])`)
)

// Escape writes a text on one line that is shown as it is.
func Escape(text string) string {
	text = issues.ReplaceAllString(chat.OneLine(text), "$1\x00$2")
	text = commits.ReplaceAllStringFunc(text, apart)
	text = strings.ReplaceAll(escapes.Replace(text), "\x00", gap)
	if head, rest, found := strings.Cut(text, "."); found && strings.Trim(head, "0123456789") == "" {
		text = head + `\.` + rest // no list
	}
	return text
}

// apart puts gaps, as NULs, into a SHA: no piece is long enough to be one.
func apart(sha string) string {
	const piece = 6
	var b strings.Builder
	for len(sha) > piece {
		b.WriteString(sha[:piece] + "\x00")
		sha = sha[piece:]
	}
	return b.String() + sha
}

// Code writes a text on one line as code.
func Code(text string) string {
	text = chat.OneLine(text)
	if text == "" {
		text = "…"
	}
	fence := strings.Repeat("`", longest(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// Fence writes lines as a block of code, between line ends. It is empty for no text.
func Fence(text string) string {
	text = strings.Trim(chat.Clean(text), "\n")
	if text == "" {
		return ""
	}
	fence := strings.Repeat("`", max(3, longest(text)+1))
	return fence + "text\n" + text + "\n" + fence + "\n"
}

// Link writes a link to an address of http or https; other addresses are not linked.
func Link(title, address string) string {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return Escape(title)
	}
	if strings.TrimSpace(title) == "" {
		title = "link"
	}
	safe := strings.NewReplacer("<", "%3C", ">", "%3E", "\\", "%5C", " ", "%20", "\n", "%0A", "\r", "%0D", "(", "%28", ")", "%29")
	return "[" + Escape(title) + "](<" + safe.Replace(chat.OneLine(address)) + ">)"
}

// Clip cuts a text that is too long for a comment, at a character, and closes what it may have cut.
func Clip(text string) string {
	const note = "\n\n… (cut)"
	if utf8.RuneCountInString(text) <= Most {
		return text
	}
	runes := []rune(text)[:Most-200]
	cut := string(runes)
	if at := strings.LastIndexByte(cut, '\n'); at > 0 {
		cut = cut[:at]
	}
	if open := openFence(cut); open != "" {
		cut += "\n" + open
	}
	return cut + note
}

// openFence is the fence of a block of code that a text leaves open; empty for none.
func openFence(text string) string {
	open := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case open == "" && len(ticks) >= 3:
			open = ticks
		case open != "" && len(ticks) >= len(open) && strings.TrimRight(line, " ") == ticks:
			open = ""
		}
	}
	return open
}

// longest is how many backticks follow each other at most in a text.
func longest(text string) int {
	most, run := 0, 0
	for _, c := range []byte(text) {
		if c == '`' {
			run++
			most = max(most, run)
		} else {
			run = 0
		}
	}
	return most
}
