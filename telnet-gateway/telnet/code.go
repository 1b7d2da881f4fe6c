package telnet

// Command is the byte after IAC.
type Command byte

// The commands of RFC 854, and three of RFC 1184 that clients send outside LINEMODE too.
const (
	EndOfFile        Command = 236
	Suspend          Command = 237
	Abort            Command = 238
	SubEnd           Command = 240
	NoOperation      Command = 241
	DataMark         Command = 242
	Break            Command = 243
	InterruptProcess Command = 244
	AbortOutput      Command = 245
	AreYouThere      Command = 246
	EraseCharacter   Command = 247
	EraseLine        Command = 248
	GoAhead          Command = 249
	SubBegin         Command = 250
	Will             Command = 251
	Wont             Command = 252
	Do               Command = 253
	Dont             Command = 254
	IAC              Command = 255
)

// Option is the byte after WILL, WONT, DO or DONT.
type Option byte

// The options that this server knows. Every other one is refused.
const (
	Binary          Option = 0
	Echo            Option = 1
	SuppressGoAhead Option = 3
	TimingMark      Option = 6
	TerminalType    Option = 24
	WindowSize      Option = 31
)

// The first byte of a terminal type's subnegotiation, RFC 1091.
const (
	typeIs   = 0
	typeSend = 1
)
