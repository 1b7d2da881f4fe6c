package github

import (
	"html"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Markdown as far as people and bots use it in comments. Everything is escaped first; what is made of it afterwards is only
// what stands here, so that no text becomes a tag.

var (
	hidden    = regexp.MustCompile(`(?s)<!--.*?-->`)
	codeSpan  = regexp.MustCompile("`([^`\n]+)`")
	bold      = regexp.MustCompile(`\*\*([^*\n]+)\*\*`)
	italic    = regexp.MustCompile(`(^|[\s(])_([^_\n]+)_`)
	link      = regexp.MustCompile(`\[([^\]\n]+)\]\((https?://[^\s)]+)\)`)
	bareLink  = regexp.MustCompile(`(^|[\s(])(https?://[^\s<)]+)`)
	mention   = regexp.MustCompile(`(^|[\s(])@([A-Za-z0-9-]+)`)
	listItem  = regexp.MustCompile(`^\s*(?:[-*]|\d+\.) (.*)$`)
	plainTags = regexp.MustCompile(`&lt;(/?(?:details|summary|kbd|sub|br)/?)&gt;`)
)

// render is a comment's text as a page shows it.
func render(text string) template.HTML {
	text = hidden.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "")
	var out strings.Builder
	blocks(&out, strings.Split(text, "\n"))
	return template.HTML(out.String()) //nolint:gosec // every text in it is escaped
}

// blocks writes lines as what they are together: code, quotes, lists, tables, headings, paragraphs.
func blocks(out *strings.Builder, lines []string) {
	for len(lines) > 0 {
		n := 1
		switch line := lines[0]; {
		case strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "```"):
			n = code(out, lines)
		case strings.HasPrefix(line, ">"):
			n = quote(out, lines)
		case strings.HasPrefix(line, "|"):
			n = grid(out, lines)
		case strings.HasPrefix(line, "#"):
			wrap(out, "h4", inline(strings.TrimLeft(line, "# ")))
		case listItem.MatchString(line):
			n = list(out, lines)
		default:
			n = paragraph(out, lines)
		}
		lines = lines[n:]
	}
}

func wrap(out *strings.Builder, tag, inner string) {
	out.WriteString("<" + tag + ">" + inner + "</" + tag + ">")
}

func code(out *strings.Builder, lines []string) int {
	end := 1
	for end < len(lines) && !strings.HasPrefix(lines[end], "```") {
		end++
	}
	wrap(out, "pre", html.EscapeString(strings.Join(lines[1:end], "\n")))
	return min(end+1, len(lines))
}

// run is how many lines from the first on are of a kind.
func run(lines []string, is func(string) bool) int {
	n := 0
	for n < len(lines) && is(lines[n]) {
		n++
	}
	return n
}

func quote(out *strings.Builder, lines []string) int {
	n := run(lines, func(l string) bool { return strings.HasPrefix(l, ">") })
	inner := make([]string, n)
	for i, line := range lines[:n] {
		inner[i] = strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")
	}
	out.WriteString("<blockquote>")
	blocks(out, inner)
	out.WriteString("</blockquote>")
	return n
}

func list(out *strings.Builder, lines []string) int {
	n := run(lines, listItem.MatchString)
	out.WriteString("<ul>")
	for _, line := range lines[:n] {
		wrap(out, "li", inline(listItem.FindStringSubmatch(line)[1]))
	}
	out.WriteString("</ul>")
	return n
}

func grid(out *strings.Builder, lines []string) int {
	n := run(lines, func(l string) bool { return strings.HasPrefix(l, "|") })
	out.WriteString("<table>")
	for _, line := range lines[:n] {
		if strings.Trim(line, "|-: ") == "" {
			continue
		}
		out.WriteString("<tr>")
		for cell := range strings.SplitSeq(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			wrap(out, "td", inline(strings.TrimSpace(cell)))
		}
		out.WriteString("</tr>")
	}
	out.WriteString("</table>")
	return n
}

func paragraph(out *strings.Builder, lines []string) int {
	n := run(lines, func(l string) bool {
		return strings.TrimSpace(l) != "" && !strings.HasPrefix(l, "```") && !strings.HasPrefix(l, ">") && !strings.HasPrefix(l, "|") && !listItem.MatchString(l)
	})
	n = max(n, 1)
	var inner []string
	for _, line := range lines[:n] {
		inner = append(inner, inline(line))
	}
	text := strings.Join(inner, "<br>")
	if strings.HasPrefix(text, "<details>") || strings.HasPrefix(text, "</details>") || strings.HasPrefix(text, "<summary>") {
		out.WriteString(strings.ReplaceAll(text, "<br>", "")) // these stand between blocks
		return n
	}
	wrap(out, "p", text)
	return n
}

// inline writes a line's emphasis, code and links. Code and links are set aside, so that nothing in them counts.
func inline(text string) string {
	text = strings.ReplaceAll(html.EscapeString(text), "\x00", "")
	var aside []string
	keep := func(made string) string {
		aside = append(aside, made)
		return place(len(aside) - 1)
	}
	text = codeSpan.ReplaceAllStringFunc(text, func(span string) string { return keep("<code>" + strings.Trim(span, "`") + "</code>") })
	text = link.ReplaceAllStringFunc(text, func(l string) string {
		m := link.FindStringSubmatch(l)
		return keep(`<a href="` + m[2] + `" rel="noreferrer">` + m[1] + `</a>`)
	})
	text = bareLink.ReplaceAllStringFunc(text, func(l string) string {
		m := bareLink.FindStringSubmatch(l)
		return m[1] + keep(`<a href="`+m[2]+`" rel="noreferrer">`+m[2]+`</a>`)
	})
	text = plainTags.ReplaceAllString(text, "<$1>")
	text = bold.ReplaceAllString(text, "<strong>$1</strong>")
	text = italic.ReplaceAllString(text, "$1<em>$2</em>")
	text = mention.ReplaceAllString(text, "$1<strong>@$2</strong>")
	for i, made := range slices.Backward(aside) { // a link may hold code, never the other way round
		text = strings.Replace(text, place(i), made, 1)
	}
	return text
}

// place is where something that was set aside goes.
func place(i int) string { return "\x00" + strconv.Itoa(i) + "\x00" }
