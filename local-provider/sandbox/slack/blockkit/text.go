package blockkit

import (
	"net/url"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// plain is a plain_text object.
func plain(most int) check {
	return object(fields{
		"type": must(oneOf("plain_text")), "text": must(counted(most)), "emoji": may(boolean),
	})
}

// anyText is a text object of either type.
func anyText(most int) check {
	marked := object(fields{"type": must(nil), "text": must(counted(most)), "verbatim": may(boolean)})
	return func(r *report, at string, v any) {
		before := len(r.problems)
		o, _ := v.(map[string]any)
		switch {
		case o != nil && o["type"] == "mrkdwn":
			marked(r, at, v)
		default:
			plain(most)(r, at, v)
		}
		if len(r.problems) > before && o != nil {
			found := append([]string(nil), r.problems[before:]...)
			r.problems = r.problems[:before]
			r.addf(at, "failed to match all allowed schemas")
			r.problems = append(r.problems, found...)
		}
	}
}

// counted is a text that counts to what all blocks may have together.
func counted(most int) check {
	return func(r *report, at string, v any) {
		length(1, most)(r, at, v)
		if s, ok := v.(string); ok {
			r.text += utf8.RuneCountInString(s)
		}
	}
}

// link is a URL that a browser can follow.
func link(r *report, at string, v any) {
	length(1, maxURL)(r, at, v)
	s, ok := v.(string)
	if !ok {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || (u.Host == "" && u.Opaque == "") {
		r.addf(at, "invalid url: %.200s", s)
	}
}

// picture is a URL of an image.
func picture(r *report, at string, v any) {
	link(r, at, v)
	s, _ := v.(string)
	if u, err := url.Parse(s); err == nil && u.Scheme != "http" && u.Scheme != "https" {
		r.addf(at, "invalid url: %.200s", s)
	}
}

func matching(pattern, what string) check {
	re := regexp.MustCompile(pattern)
	return func(r *report, at string, v any) {
		s, ok := v.(string)
		if !ok || !re.MatchString(s) {
			r.addf(at, "must be a valid %s", what)
		}
	}
}

// whole is a whole number.
func whole(least, most int) check {
	return func(r *report, at string, v any) {
		n, ok := number(v)
		if !ok {
			r.addf(at, "must provide a number")
			return
		}
		if n < least {
			r.addf(at, "must be more than %d", least-1)
		}
		if n > most {
			r.addf(at, "must be less than %d", most+1)
		}
	}
}

func number(v any) (int, bool) {
	s, ok := v.(interface{ String() string }) // json.Number
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s.String())
	return n, err == nil
}

// confirm is a confirmation dialog.
var confirm = object(fields{
	"title": must(plain(maxConfirmTitle)), "text": must(anyText(maxConfirmText)), "confirm": must(plain(maxConfirmYes)),
	"deny": must(plain(maxConfirmYes)), "style": may(oneOf("primary", "danger")),
})

// slackFile is an image that is a file in Slack.
var slackFile = object(fields{"id": may(length(1, maxID)), "url": may(link)}, func(r *report, at string, o map[string]any) {
	if (o["id"] == nil) == (o["url"] == nil) {
		r.addf(at, "must provide exactly one of id, url")
	}
})

// imageSource demands one of image_url and slack_file.
func imageSource(r *report, at string, o map[string]any) {
	if (o["image_url"] == nil) == (o["slack_file"] == nil) {
		r.addf(at, "must provide exactly one of image_url, slack_file")
	}
}
