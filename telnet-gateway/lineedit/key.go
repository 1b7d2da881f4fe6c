package lineedit

// Code says which key was pressed.
type Code int

// The keys that mean something to the editor.
const (
	Text      Code = iota // Key.Text was typed
	Enter                 //
	Backspace             //
	Delete                //
	Left                  //
	Right                 //
	WordLeft              //
	WordRight             //
	Home                  //
	End                   //
	Up                    //
	Down                  //
	Tab                   //
	KillLeft              // Ctrl-U
	KillRight             // Ctrl-K
	KillWord              // Ctrl-W
	KillNext              // Alt-D
	Yank                  // Ctrl-Y
	Search                // Ctrl-R
	Escape                // Ctrl-G
	Redraw                // Ctrl-L
	Interrupt             // Ctrl-C
	EndOfFile             // Ctrl-D
	Strange               // a control sequence that means nothing here
)

// Key is one key press, or a run of letters.
type Key struct {
	Code Code
	Text string // of Text: whole runes, none of them a control character; a byte that is not UTF-8 is U+FFFD
}

var control = map[byte]Code{
	'\r': Enter, '\n': Enter, '\t': Tab, 0x7f: Backspace, 0x08: Backspace,
	0x01: Home, 0x02: Left, 0x03: Interrupt, 0x04: EndOfFile, 0x05: End, 0x06: Right, 0x07: Escape,
	0x0b: KillRight, 0x0c: Redraw, 0x0e: Down, 0x10: Up, 0x12: Search, 0x15: KillLeft, 0x17: KillWord, 0x19: Yank,
}

// meta are the keys typed together with Alt, which a terminal sends after an ESC.
var meta = map[byte]Code{
	'b': WordLeft, 'f': WordRight, 'd': KillNext, 0x7f: KillWord, 0x08: KillWord,
}

// sequences are what terminals send for their other keys, after ESC [ or ESC O.
var sequences = map[string]Code{
	"A": Up, "B": Down, "C": Right, "D": Left, "H": Home, "F": End,
	"1~": Home, "7~": Home, "4~": End, "8~": End, "3~": Delete,
	"1;5C": WordRight, "1;5D": WordLeft, "1;3C": WordRight, "1;3D": WordLeft, "5C": WordRight, "5D": WordLeft,
	"c": WordRight, "d": WordLeft, "3;5~": KillNext,
}
