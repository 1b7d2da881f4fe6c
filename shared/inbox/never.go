package inbox

// Never is a handler's "not now and not later": the delivery is put with the dead at once, with why as the reason, since
// trying again would not mend it. Whoever mends it can have it revived.
func Never(why error) error { return never{why} }

type never struct{ error }

// Unwrap gives the reason.
func (n never) Unwrap() error { return n.error }
