package exposition

// Names are the names of all metrics. A histogram has them with _bucket, _sum and _count behind.
func Names() []string {
	var names []string
	for _, f := range families {
		if f.kind != histogram {
			names = append(names, f.name)
			continue
		}
		names = append(names, f.name+"_bucket", f.name+"_sum", f.name+"_count")
	}
	return names
}
