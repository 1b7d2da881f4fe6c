package jenkins

import "time"

// millis is a time as Jenkins writes it.
func millis(t time.Time) int64 { return t.UnixMilli() }
