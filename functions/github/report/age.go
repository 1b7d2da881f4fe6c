package report

import "time"

const day = 24 * time.Hour

// freshness is what an age is called.
type freshness struct {
	most time.Duration
	word string
}

// freshnesses are all ages, the youngest first.
var freshnesses = []freshness{
	{12 * time.Hour, "Very fresh"},
	{day, "Fresh"},
	{3 * day, "Mostly fresh"},
	{7 * day, "Molding"},
	{14 * day, "Heavily molding"},
	{21 * day, "Rotting"},
	{28 * day, "Heavily rotting"},
}

// Label is what a pull request of this age is called.
func Label(age time.Duration) string {
	if age < 0 {
		return "From the future"
	}
	for _, f := range freshnesses {
		if age <= f.most {
			return f.word
		}
	}
	return "Unidentifiable"
}
