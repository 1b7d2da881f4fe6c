// Package event is what happened elsewhere, at GitHub, in Gerrit, as the rules of the function event see it, and the way
// there: whoever hears of something puts it into that function's inbox, in one round trip, and from then on it is not lost.
package event
