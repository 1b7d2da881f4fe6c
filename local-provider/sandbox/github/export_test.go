package github

// Render is a comment's text as a page shows it.
func Render(text string) string { return string(render(text)) }
