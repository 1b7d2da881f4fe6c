package mask

// Forms are all in which the values are found.
func Forms(values []string) []string {
	var all []string
	for _, value := range values {
		all = append(all, forms(value)...)
	}
	return all
}
