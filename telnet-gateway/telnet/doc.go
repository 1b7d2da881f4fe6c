// Package telnet is the server's side of the telnet protocol, without any input or output of its own: bytes go in,
// events and bytes to send come out. So every rule can be tested, and fuzzed, at every split of the bytes.
//
// It follows RFC 854 (commands, CR LF and CR NUL), 855 (options), 1143 (negotiation that cannot loop), 857 (echo),
// 858 (suppress go ahead), 860 (timing mark), 1073 (window size) and 1091 (terminal type).
package telnet
