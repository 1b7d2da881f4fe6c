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
	{12 * time.Hour, "*Very* _fresh_"},
	{day, "_Fresh_"},
	{3 * day, "*Mostly* _fresh_"},
	{7 * day, "_Molding_"},
	{14 * day, "*Heavily* _molding_"},
	{21 * day, "_Rotting_"},
	{28 * day, "*Heavily* _rotting_"},
}

// Label is what a pull request of this age is called.
func Label(age time.Duration) string {
	if age < 0 {
		return "From the _future_"
	}
	for _, f := range freshnesses {
		if age <= f.most {
			return f.word
		}
	}
	return "*Unidentifiable*"
}
