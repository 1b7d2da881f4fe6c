package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A book says what the names that a person types mean.
type book struct {
	user, channel, group func(name string) (id string, ok bool)
}

// A pieceKind is what a piece of typed text is.
type pieceKind string

const (
	pieceText      pieceKind = "text"
	pieceCode      pieceKind = "code"
	pieceBlock     pieceKind = "preformatted"
	pieceUser      pieceKind = "user"
	pieceChannel   pieceKind = "channel"
	pieceGroup     pieceKind = "usergroup"
	pieceBroadcast pieceKind = "broadcast"
	pieceLink      pieceKind = "link"
)

// A piece is a part of what a person typed, as Slack's composer understands it.
type piece struct {
	kind  pieceKind
	text  string // as typed; of code without the backticks
	value string // the id, the range of a broadcast, or the URL
}

// wire is a piece as it stands in a message's text (docs.slack.dev/messaging/formatting-message-text). A name that is a
// mention is shown with its label where labelled: escaped slash commands have it for people too.
func (p piece) wire(labelled bool) string {
	switch p.kind {
	case pieceCode:
		return "`" + escape(p.text) + "`"
	case pieceBlock:
		return "```" + escape(p.text) + "```"
	case pieceUser:
		if labelled {
			return "<@" + p.value + "|" + escape(strings.TrimPrefix(p.text, "@")) + ">"
		}
		return "<@" + p.value + ">"
	case pieceChannel:
		return "<#" + p.value + "|" + escape(strings.TrimPrefix(p.text, "#")) + ">"
	case pieceGroup:
		return "<!subteam^" + p.value + "|" + escape(p.text) + ">"
	case pieceBroadcast:
		return "<!" + p.value + ">"
	case pieceLink:
		return p.wireLink()
	default:
		return escape(p.text)
	}
}

func (p piece) wireLink() string {
	address := strings.ReplaceAll(escape(p.value), "|", "%7C")
	if p.value == p.text {
		return "<" + address + ">"
	}
	return "<" + address + "|" + strings.ReplaceAll(escape(p.text), "|", "%7C") + ">"
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape hides the three characters that mean something in Slack's text.
func escape(s string) string { return escaper.Replace(s) }

// wireText is what Slack makes of a line that a person types.
func wireText(typed string, b book, labelled bool) string {
	var out strings.Builder
	for _, p := range pieces(typed, b) {
		out.WriteString(p.wire(labelled))
	}
	return out.String()
}

// pieces takes typed text apart.
func pieces(typed string, b book) []piece {
	var out []piece
	for typed != "" {
		at, code := nextCode(typed)
		out = append(out, words(typed[:at], b)...)
		if code == nil {
			break
		}
		out = append(out, *code)
		mark := 1
		if code.kind == pieceBlock {
			mark = 3
		}
		typed = typed[at+len(code.text)+2*mark:]
	}
	return out
}

// nextCode finds the first code in a text and where it begins; at the end when there is none.
func nextCode(s string) (int, *piece) {
	for at := strings.IndexByte(s, '`'); at >= 0 && at < len(s); {
		if rest, ok := strings.CutPrefix(s[at:], "```"); ok {
			if end := strings.Index(rest, "```"); end > 0 {
				return at, &piece{kind: pieceBlock, text: rest[:end]}
			}
		} else if end := strings.IndexAny(s[at+1:], "`\n"); end > 0 && s[at+1+end] == '`' {
			return at, &piece{kind: pieceCode, text: s[at+1 : at+1+end]}
		}
		run := len(s[at:]) - len(strings.TrimLeft(s[at:], "`"))
		next := strings.IndexByte(s[at+run:], '`')
		if next < 0 {
			break
		}
		at += run + next
	}
	return len(s), nil
}

// What the composer makes a link of: a URL, a mail address, a host below one of the usual domains.
var (
	urlPattern  = regexp.MustCompile(`^https?://[^\s<>"]+`)
	mailPattern = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}`)
	hostPattern = regexp.MustCompile(`^(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev)(?:/[^\s<>"]*)?`)
)

// words takes text without code apart. Something begins only where a word begins.
func words(s string, b book) []piece {
	var out []piece
	plain := 0
	begin := true
	for i := 0; i < len(s); {
		if begin {
			if p, n := special(s[i:], b); n > 0 {
				if plain < i {
					out = append(out, piece{kind: pieceText, text: s[plain:i]})
				}
				out = append(out, p)
				i += n
				plain, begin = i, false
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		begin = !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-./@#:%+=\\", r)
		i += n
	}
	if plain < len(s) {
		out = append(out, piece{kind: pieceText, text: s[plain:]})
	}
	return out
}

// special is the mention or link at the beginning of a text, and how long it is; 0 when there is none.
func special(s string, b book) (piece, int) {
	switch s[0] {
	case '@':
		return mention(s, b)
	case '#':
		if id, name := known(s[1:], b.channel); id != "" {
			return piece{kind: pieceChannel, text: "#" + name, value: id}, 1 + len(name)
		}
		return piece{}, 0
	}
	if found := trimLink(urlPattern.FindString(s)); len(found) > len("https://") {
		return piece{kind: pieceLink, text: found, value: found}, len(found)
	}
	if found := mailPattern.FindString(s); found != "" && ends(s[len(found):]) {
		return piece{kind: pieceLink, text: found, value: "mailto:" + found}, len(found)
	}
	if found := trimLink(hostPattern.FindString(s)); found != "" && ends(s[len(found):]) {
		return piece{kind: pieceLink, text: found, value: "http://" + found}, len(found)
	}
	return piece{}, 0
}

// mention is the person, the group or the crowd that an @ calls.
func mention(s string, b book) (piece, int) {
	for _, crowd := range []string{"here", "channel", "everyone"} {
		if rest, ok := strings.CutPrefix(s[1:], crowd); ok && ends(rest) {
			return piece{kind: pieceBroadcast, text: "@" + crowd, value: crowd}, 1 + len(crowd)
		}
	}
	if id, name := known(s[1:], b.user); id != "" {
		return piece{kind: pieceUser, text: "@" + name, value: id}, 1 + len(name)
	}
	if id, name := known(s[1:], b.group); id != "" {
		return piece{kind: pieceGroup, text: "@" + name, value: id}, 1 + len(name)
	}
	return piece{}, 0
}

// known is the longest name at the beginning of a text that somebody or something has.
func known(s string, find func(string) (string, bool)) (id, name string) {
	n := strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
	})
	if n < 0 {
		n = len(s)
	}
	for ; n > 0; n = strings.LastIndexAny(s[:n], "._-") {
		if id, ok := find(s[:n]); ok {
			return id, s[:n]
		}
	}
	return "", ""
}

// trimLink leaves out what ends the sentence rather than the address.
func trimLink(s string) string { return strings.TrimRight(s, ".,:;!?)]}'*_~`") }

// ends says whether a name that is followed by this has ended.
func ends(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-@/", r)
}

// smart makes quotes as a phone's keyboard makes them.
func smart(s string) string {
	var out strings.Builder
	before := ' '
	for _, r := range s {
		opens := unicode.IsSpace(before) || strings.ContainsRune("([{=", before)
		switch {
		case r == '"' && opens:
			r = '“'
		case r == '"':
			r = '”'
		case r == '\'' && opens:
			r = '‘'
		case r == '\'':
			r = '’'
		}
		out.WriteRune(r)
		before = r
	}
	return out.String()
}
