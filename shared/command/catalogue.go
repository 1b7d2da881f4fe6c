package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/near"
)

// Catalogue is what all deployed functions declare. It never changes once it is built.
type Catalogue struct {
	byWords  map[string]*Declared // other words for the same too
	byMark   map[string]*Declared // by one of PrefixMarks
	commands []*Declared          // sorted by words
	most     int                  // how many words the longest command has
	faults   []Fault
}

// NewCatalogue reads the annotations of functions, by function name. What is wrong in them is in Faults: of two functions
// that claim the same words, the one whose name comes first has them.
func NewCatalogue(annotations map[string]string) *Catalogue {
	c := &Catalogue{byWords: make(map[string]*Declared), byMark: make(map[string]*Declared)}
	for _, function := range slices.Sorted(maps.Keys(annotations)) {
		commands, faults := decodeAnnotation(function, annotations[function])
		c.faults = append(c.faults, faults...)
		for _, d := range commands {
			c.add(d)
		}
	}
	slices.SortFunc(c.commands, func(a, b *Declared) int { return strings.Compare(a.Words, b.Words) })
	for words := range c.byWords {
		for end := strings.LastIndexByte(words, ' '); end > 0; end = strings.LastIndexByte(words[:end], ' ') {
			if d := c.byWords[words[:end]]; d != nil {
				d.longer = true
			}
		}
	}
	return c
}

func (c *Catalogue) add(d *Declared) {
	if other := c.byWords[d.Words]; other != nil {
		c.fault(d, fmt.Sprintf("%s: the function %s has these words already", d.Words, other.Function))
		return
	}
	c.commands = append(c.commands, d)
	c.addPrefixes(d)
	for _, words := range append([]string{d.Words}, d.Also...) {
		if other := c.byWords[words]; other != nil {
			c.fault(d, fmt.Sprintf("%s: also %s: the function %s has these words already", d.Words, words, other.Function))
			continue
		}
		c.byWords[words] = d
		c.most = max(c.most, strings.Count(words, " ")+1)
	}
}

func (c *Catalogue) fault(d *Declared, text string) {
	c.faults = append(c.faults, Fault{d.Function, text})
}

// Faults are the declarations that could not be taken as they are.
func (c *Catalogue) Faults() []Fault { return slices.Clone(c.faults) }

// Commands are all commands, sorted by their words.
func (c *Catalogue) Commands() []*Declared { return slices.Clone(c.commands) }

// Lookup finds a command by its exact words; nil when there is none.
func (c *Catalogue) Lookup(words string) *Declared { return c.byWords[words] }

// Knows reports whether a tidied line begins with a command's words, or with its mark.
func (c *Catalogue) Knows(line string) bool {
	if d, _ := c.match(line); d != nil {
		return true
	}
	return c.prefixed(line) != nil
}

// Parse reads a line: the longest command whose words begin it, then the arguments. Errors are [Mistake]s, with the code
// [CodeUnknown] when it begins with no command's words.
func (c *Catalogue) Parse(text string) (*Parsed, error) {
	line, err := Tidy(text)
	if err != nil {
		return nil, err
	}
	if line == "" {
		return nil, mistake("That is empty; type help to see what I can do.")
	}
	if p := c.prefixed(line); p != nil {
		return p, nil
	}
	d, scan := c.match(line)
	if d == nil {
		return nil, c.unknown(line)
	}
	return bindLine(d, scan)
}

// match finds the longest command at the beginning of a tidied line, and where its arguments begin. Case and the kind and
// amount of white space between words do not matter; a quoted word is never a command's.
func (c *Catalogue) match(line string) (*Declared, scanner) {
	var found *Declared
	scan := scanner{line: line}
	after := scan
	words := make([]byte, 0, 64)
	for range c.most {
		w, ok := scan.commandWord()
		if !ok {
			break
		}
		if len(words) > 0 {
			words = append(words, ' ')
		}
		words = append(words, w...)
		if d := c.byWords[string(words)]; d != nil {
			found, after = d, scan
		}
	}
	return found, after
}

// commandWord reads a word that could be a command's, in lower case.
func (s *scanner) commandWord() (string, bool) {
	const most = 32 // the longest word of a command
	if s.done() {
		return "", false
	}
	w, err := s.next()
	if err != nil || w.quoted || len(w.text) > most {
		return "", false
	}
	return strings.ToLower(w.text), true
}

// Find gives the command with these words for arguments that come as values; errors are [Mistake]s.
func (c *Catalogue) Find(words string) (*Declared, error) {
	line, err := Tidy(words)
	if err != nil {
		return nil, err
	}
	d, scan := c.match(line)
	if d == nil || !scan.done() {
		return nil, c.unknown(line)
	}
	return d, nil
}

// unknown says that a line begins with no command's words, and what was probably meant.
func (c *Catalogue) unknown(line string) *Mistake {
	m := &Mistake{Problem: Problem{Code: CodeUnknown}}
	typed := strings.ToLower(leadingWords(line, 2))
	first, _, _ := strings.Cut(typed, " ")
	guesses := c.guess(line)
	if about, ok := helpWanted(line); ok {
		guesses = []string{"help " + about}
	} else if about, surely := ofJob(line); surely {
		guesses = []string{about}
	} else if about != "" {
		guesses = slices.Concat([]string{about}, guesses, c.within(line))
	}
	group := c.beginning(first)
	if len(guesses) == 0 && len(group) == 0 {
		guesses = c.turned(line)
	}
	if len(guesses) == 0 && len(group) == 0 {
		guesses = c.within(line)
	}
	t := threadWord(spoken(typed))
	switch {
	case t != nil:
		m.Text = fmt.Sprintf("%s is about a job: say it in the job's thread, or as @<id> %s; jobs lists them.", shown(typed), spoken(typed))
	case typed == first && len(group) > 0:
		m.Text = fmt.Sprintf("%s is only the beginning of a command; help %s lists them all.", shown(typed), first)
	case len(guesses) > 0:
		m.Text = fmt.Sprintf("I do not know %s.", shown(typed))
	case len(group) > 0:
		m.Text = fmt.Sprintf("I do not know %s; type help %s to see what I can do there.", shown(typed), first)
		guesses = wordsOf(group)
	default:
		m.Text = fmt.Sprintf("I do not know %s; type help to see what I can do.", shown(typed))
	}
	return m.with(nil, guesses...)
}

// helpWanted reads "jenkins help" and its like as other programs do: as a question about what stands before it.
func helpWanted(line string) (about string, ok bool) {
	words := strings.Fields(line)
	if len(words) < 2 || !asksForHelp(words[len(words)-1]) {
		return "", false
	}
	return spaced(strings.Join(words[:len(words)-1], " ")), true
}

func asksForHelp(word string) bool {
	return slices.Contains([]string{"help", "--help", "-h", "?"}, strings.ToLower(word))
}

// ofJob is what was meant by a line that speaks of a job without its @: "stop k3f7", "k3f7 stop", "k3f7"; empty where it does not.
// It is surely meant where the id has a digit.
func ofJob(line string) (meant string, surely bool) {
	first, rest, _ := strings.Cut(spaced(line), " ")
	second, _, _ := strings.Cut(rest, " ")
	if t := threadWord(spoken(strings.ToLower(first))); t != nil && mayBeJob(second) {
		return t.about(rest), looksLikeJob(second)
	}
	switch {
	case looksLikeJob(first) && rest == "":
		return "job " + first, true
	case mayBeJob(first) && threadWord(spoken(strings.ToLower(second))) != nil:
		return "@" + spaced(line), looksLikeJob(first)
	}
	return "", false
}

// looksLikeJob reports whether a word is surely a job's id: most have a digit, and few other words of that form.
func looksLikeJob(word string) bool {
	return IsJobID(strings.ToLower(word)) && strings.ContainsAny(word, "0123456789")
}

// mayBeJob also takes what the others look like, which have four letters as long as there were less than a million jobs.
func mayBeJob(word string) bool {
	const plain, never = 4, "ilou" // letters that no id has
	return looksLikeJob(word) || len(word) == plain && IsJobID(strings.ToLower(word)) && !strings.ContainsAny(strings.ToLower(word), never)
}

// turned gives the command that a line names when its first two words change places, "jenkins restart" for "restart jenkins",
// or when the first is left out, "jobs" for "show jobs".
func (c *Catalogue) turned(line string) []string {
	first, rest, _ := strings.Cut(spaced(line), " ")
	second, more, _ := strings.Cut(rest, " ")
	swapped := second + " " + first
	if d := c.byWords[strings.ToLower(swapped)]; d != nil && !d.Hidden {
		return []string{spaced(swapped + " " + more)}
	}
	if d, _ := c.match(rest); d != nil && !d.Hidden {
		return []string{rest}
	}
	return nil
}

// within gives the commands whose last words a line begins with, with what follows: "jenkins console demo/slow" for "console
// demo/slow".
func (c *Catalogue) within(line string) []string {
	line = spaced(line)
	var guesses []near.Guess
	for _, d := range c.commands {
		words := strings.Fields(d.Words)
		for i := 1; i < len(words) && !d.Hidden; i++ {
			typed := leadingWords(line, len(words)-i)
			if strings.EqualFold(typed, strings.Join(words[i:], " ")) {
				guesses = append(guesses, near.Guess{Text: d.Words + strings.TrimPrefix(line, typed), Slips: i - len(words)})
				break
			}
		}
	}
	return near.Ranked(guesses)
}

func wordsOf(commands []*Declared) []string {
	words := make([]string, len(commands))
	for i, d := range commands {
		words[i] = d.Words
	}
	return words
}

// shortestGuess is how long a command's words must be for it to be guessed: "in" is near to any two letters.
const shortestGuess = 3

// guess gives whole lines to try instead: each command that resembles the line's beginning, with the line's arguments.
func (c *Catalogue) guess(line string) []string {
	line = spaced(line)
	var guesses []near.Guess
	for _, d := range c.commands {
		if d.Hidden {
			continue
		}
		for _, words := range append([]string{d.Words}, d.Also...) {
			if len(words) < shortestGuess {
				continue
			}
			typed := leadingWords(line, strings.Count(words, " ")+1)
			if slips, ok := near.Resembles(typed, words); ok {
				guesses = append(guesses, near.Guess{Text: words + strings.TrimPrefix(line, typed), Slips: slips})
			}
		}
	}
	return near.Ranked(guesses)
}

// leadingWords are the first n words of a line, as typed, single spaces between.
func leadingWords(line string, n int) string {
	words := strings.Fields(line)
	return strings.Join(words[:min(n, len(words))], " ")
}
