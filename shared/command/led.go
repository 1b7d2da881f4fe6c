package command

// Led is what an answer came to, in a few words, for a list of deliveries; it repeats nothing that anybody said.
func (a *Answer) Led() string {
	switch {
	case a.Problem != nil && a.Problem.Code == CodeOverheard:
		return "nothing: it was not for the bot"
	case a.Problem != nil:
		return "refused: " + a.Problem.Code
	case a.Accepted && a.Job != "":
		return "job " + a.Job
	}
	return "answered"
}
