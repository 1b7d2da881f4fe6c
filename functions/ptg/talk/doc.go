// Package talk is how people talk with a gathering: lines such as "#nova now Cells", "+in #nova" and "~motd add info Lunch",
// wherever they are said, become changes and answers.
//
// A line has a mark, a word and more. Words for everybody stand behind a + (or, the oldest ones, a #), those of organisers behind
// a ~; any other word behind a # is a track, with a verb behind it. To the bot itself the words are said bare. Each is a line of
// one of the tables in words.go, with who may say it.
//
// What succeeded is answered with silence where nobody needs more. What was said among people and is not of ours is left alone:
// see [Talk.Say].
package talk
