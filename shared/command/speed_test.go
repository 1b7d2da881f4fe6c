package command

import "testing"

// BenchmarkParse is a line of text through the grammar.
func BenchmarkParse(b *testing.B) {
	c := catalogue(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Parse("jenkins build demo/slow seconds=30 branch='feature/x y'"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUnknown is the worst line: every command is compared with it.
func BenchmarkUnknown(b *testing.B) {
	c := catalogue(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Parse("jenkisn biuld demo/slow seconds=30"); err == nil {
			b.Fatal("it is known")
		}
	}
}
