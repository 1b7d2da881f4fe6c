// Package example has a gathering to look at, for those who try handsoff: rooms and slots of today and tomorrow, tracks that talk
// of something just now, and people who are there. It takes place where it is ten in the morning when it is made, so that one of
// its slots is running.
package example
