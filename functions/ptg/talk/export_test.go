package talk

// What tests look at.
var (
	Tokens   = tokens
	TimeOf   = timeOf
	MomentOf = momentOf
	InPublic = inPublic
)
