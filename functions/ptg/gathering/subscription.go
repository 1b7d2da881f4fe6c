package gathering

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// Subscribe has a person be told of what a subscription matches: a pattern, or tracks, which must be there. It returns what
// they were told of before, nil for nothing.
func (d *Draft) Subscribe(person string, sub Subscription) (before *Subscription, err error) {
	switch {
	case sub.Address == "":
		return nil, refuse(ErrInvalid, "There is nowhere to tell you of anything")
	case sub.Pattern == "" && len(sub.Tracks) == 0:
		return nil, refuse(ErrInvalid, "A subscription names tracks, or a pattern")
	case sub.Pattern != "":
		if _, err := CompilePattern(sub.Pattern); err != nil {
			return nil, err
		}
		sub.Tracks = nil
	}
	for i, name := range sub.Tracks {
		if sub.Tracks[i], _, err = d.Track(name); err != nil {
			return nil, err
		}
	}
	before = d.Subscriptions[person]
	if before == nil && len(d.Subscriptions) >= MaxPeople {
		return nil, refuse(ErrFull, "%d people have a subscription, which is as many as there may be", MaxPeople)
	}
	sub.At = d.At
	d.set(field(subscriptionKind, person), sub)
	return before, nil
}

// Unsubscribe has a person be told of nothing, and returns what they were told of before.
func (d *Draft) Unsubscribe(person string) (before *Subscription, err error) {
	if before = d.Subscriptions[person]; before == nil {
		return nil, refuse(ErrNone, "You don't have a subscription regex set yet")
	}
	d.drop(field(subscriptionKind, person))
	return before, nil
}

// CompilePattern is a pattern as subscriptions match with it, in any case. It refuses what RE2 does not have, by name, and
// one of more than [maxPattern] bytes.
func CompilePattern(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, refuse(ErrInvalid, "Invalid regex: it has %d bytes; %d are the most", len(pattern), maxPattern)
	}
	_, err := syntax.Parse(pattern, syntax.Perl) // by itself: a ) that ends our group is none of its own
	if err == nil {
		return regexp.Compile("(?i:" + pattern + ")")
	}
	if what := lacking(pattern); what != "" {
		return nil, refuse(ErrInvalid, "Invalid regex: %s; subscriptions are RE2 (https://github.com/google/re2/wiki/Syntax)", what)
	}
	text := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	return nil, refuse(ErrInvalid, "Invalid regex: %s", text)
}

// unknown are constructs that other languages of patterns have and RE2 does not.
var unknown = []struct{ sign, what string }{
	{"(?=", "look-ahead (?=…) is not supported"},
	{"(?!", "negative look-ahead (?!…) is not supported"},
	{"(?<=", "look-behind (?<=…) is not supported"},
	{"(?<!", "negative look-behind (?<!…) is not supported"},
	{"(?>", "an atomic group (?>…) is not supported"},
	{"(?(", "a conditional (?(…)…) is not supported"},
	{"(?#", "a comment (?#…) is not supported"},
	{"(?P=", "a back-reference (?P=…) is not supported"},
	{"*+", "a possessive repetition *+ is not supported"},
	{"++", "a possessive repetition ++ is not supported"},
	{"?+", "a possessive repetition ?+ is not supported"},
}

var backReference = regexp.MustCompile(`\\[1-9]`)

// lacking says what of a pattern that is no RE2 another language has.
func lacking(pattern string) string {
	for _, u := range unknown {
		if strings.Contains(pattern, u.sign) {
			return u.what
		}
	}
	if number := backReference.FindString(pattern); number != "" {
		return "a back-reference " + number + " is not supported"
	}
	return ""
}

// Matches reports whether a person wants to be told that of a track was said: the verb, now or next, and the text.
func (s *Subscription) Matches(track, verb, text string) bool {
	key := Key(track)
	if s.Pattern == "" {
		return slices.Contains(s.Tracks, key)
	}
	pattern, err := CompilePattern(s.Pattern)
	return err == nil && pattern.MatchString("#"+key+" "+verb+" "+text)
}

// Regexp is a pattern that matches what a subscription does, for those who know only patterns.
func (s *Subscription) Regexp() string {
	if s.Pattern != "" {
		return s.Pattern
	}
	quoted := make([]string, len(s.Tracks))
	for i, key := range s.Tracks {
		quoted[i] = regexp.QuoteMeta(key)
	}
	return "^#(" + strings.Join(quoted, "|") + ") "
}
