package form

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// Block ids. A field keeps what was typed into it as long as its block has the same id; those of another command must
// begin anew, with their own defaults.
const (
	argBlock   = "arg"
	extraBlock = "extra"
	whereBlock = "where"
)

// blockID names the block of a command's argument, at most 255 characters.
func blockID(kind, words, name string) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(words)) // cannot fail
	return kind + ":" + strconv.FormatUint(uint64(hash.Sum32()), 16) + ":" + name
}

// field is an argument's field. Its action_id is the argument's type, by which Read reads it.
func field(words string, a *command.Arg) *goslack.InputBlock {
	element, hints := element(a)
	if chat.OneLine(a.Help) != "" {
		hints = append([]string{a.Help}, hints...)
	}
	var hint *goslack.TextBlockObject
	if len(hints) > 0 {
		hint = clipped(strings.Join(hints, "; "), slack.MaxInputLabel)
	}
	return goslack.NewInputBlock(blockID(argBlock, words, a.Name), plain(a.Name), hint, element).
		WithOptional(a.Optional || a.Default != nil)
}

// element is what a person types an argument into, or chooses it from, and what is to be said beside it.
func element(a *command.Arg) (goslack.BlockElement, []string) {
	switch a.Type {
	case command.TypeInt:
		return number(a)
	case command.TypeBool:
		return truth(a), nil
	case command.TypeChoice:
		if offered(a) {
			return choice(a), nil
		}
		return input(a, "one of: "+strings.Join(a.Choices, ", "))
	case command.TypeDuration:
		return input(a, "a time such as 90s, 1h30m or 2d")
	case command.TypeList:
		return input(a, "one a line")
	}
	return input(a)
}

// input is a field for text. A default that does not fit, and a secret one, are only spoken of.
func input(a *command.Arg, hints ...string) (goslack.BlockElement, []string) {
	kind := a.Type
	if kind == "" {
		kind = command.TypeString
	}
	e := goslack.NewPlainTextInputBlockElement(nil, kind).WithMaxLength(maxInput).
		WithMultiline(kind == command.TypeList || kind == command.TypeRest)
	if a.Secret {
		hints = append(hints, "you see it while you type; it is masked wherever the job is shown")
	}
	initial := defaultText(a)
	switch {
	case initial == "":
	case a.Secret || mrkdwn.Length(initial) > maxInput || !e.Multiline && strings.Contains(initial, "\n"):
		hints = append(hints, "it has a default")
	default:
		e.InitialValue = initial
	}
	return e, hints
}

// defaultText is a default as it is typed into a field.
func defaultText(a *command.Arg) string {
	values := command.Values{a.Name: a.Default}
	if a.Type == command.TypeList {
		if items := values.List(a.Name); len(items) > 0 {
			return strings.Join(items, "\n")
		}
	}
	return values.String(a.Name)
}

func number(a *command.Arg) (goslack.BlockElement, []string) {
	e := goslack.NewNumberInputBlockElement(nil, command.TypeInt, false).
		WithMinValue(strconv.Itoa(-command.MaxInt)).WithMaxValue(strconv.Itoa(command.MaxInt))
	if a.Secret {
		return e, []string{"you see it while you type; it is masked wherever the job is shown"}
	}
	return e.WithInitialValue(defaultText(a)), nil
}

// The values of a bool's options.
const (
	yes   = "true"
	no    = "false"
	unset = "unset" // of one that may be left out: a radio button that was pressed cannot be let go of
)

func truth(a *command.Arg) goslack.BlockElement {
	options := []*goslack.OptionBlockObject{
		goslack.NewOptionBlockObject(yes, plain("yes"), nil),
		goslack.NewOptionBlockObject(no, plain("no"), nil),
	}
	if a.Default == nil && a.Optional {
		options = append(options, goslack.NewOptionBlockObject(unset, plain("not said"), nil))
	}
	e := goslack.NewRadioButtonsBlockElement(command.TypeBool, options...)
	e.InitialOption = valued(options, defaultText(a))
	return e
}

// offered reports whether an argument's choices fit a menu.
func offered(a *command.Arg) bool {
	return len(a.Choices) <= slack.MaxOptions && !slices.ContainsFunc(a.Choices, func(c string) bool {
		return mrkdwn.Length(c) > slack.MaxOptionValue || len(c) > slack.MaxOptionValue
	})
}

func choice(a *command.Arg) goslack.BlockElement {
	options := make([]*goslack.OptionBlockObject, len(a.Choices))
	for i, c := range a.Choices {
		options[i] = goslack.NewOptionBlockObject(c, clipped(c, slack.MaxOption), nil)
	}
	e := goslack.NewOptionsSelectBlockElement(goslack.OptTypeStatic, plain("Choose"), command.TypeChoice, options...)
	e.InitialOption = valued(options, defaultText(a))
	return e
}

// valued is the option with a value; nil for none.
func valued(options []*goslack.OptionBlockObject, value string) *goslack.OptionBlockObject {
	for _, o := range options {
		if o.Value == value {
			return o
		}
	}
	return nil
}

func extraField(d *command.Declared) *goslack.InputBlock {
	e := goslack.NewPlainTextInputBlockElement(plain("name=value"), command.ExtraArg).WithMultiline(true).WithMaxLength(maxInput)
	hint := clipped(fmt.Sprintf("%s; name=value, one a line", d.Extra), slack.MaxInputLabel)
	return goslack.NewInputBlock(blockID(extraBlock, d.Words, ""), plain("More"), hint, e).WithOptional(true)
}

// where asks in which conversation to show what becomes of it: where the person is, unless that is none that a bot can
// write to, or they choose otherwise.
func where() *goslack.InputBlock {
	e := &goslack.SelectBlockElement{
		Type: goslack.OptTypeConversations, ActionID: whereBlock, Placeholder: plain("Direct messages with me"),
		DefaultToCurrentConversation: true,
		Filter:                       &goslack.SelectBlockElementFilter{Include: []string{"public", "private", "mpim"}, ExcludeBotUsers: true},
	}
	hint := plain("Left empty, only you see it, in your direct messages with me.")
	return goslack.NewInputBlock(whereBlock, plain("Say it in"), hint, e).WithOptional(true)
}
