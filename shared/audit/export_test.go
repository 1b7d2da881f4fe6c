package audit

// AgainstKeeping is Against for a trail that keeps so many entries.
var AgainstKeeping = against
