// Package stapler writes objects the way Jenkins' remote API does.
//
// Jenkins is built on a framework called Stapler. An object that the API may show is an exported bean: a class name and
// properties, each with a visibility. What a request sees of a tree of beans is decided by a pruner: `depth=` shows a
// property when its visibility is at least the level it stands on, `tree=` shows exactly what it names and nothing more.
// This package has both rules, the parser of `tree=` and the writers; it knows nothing about builds or queues.
package stapler

// A Bean is one exported object. Its properties are computed only when a pruner lets them through, so a bean may be part
// of a cycle and may be costly.
type Bean struct {
	// Class is the Java class, shown as `_class`. It is empty where Jenkins leaves it out: when the declared type of the
	// place already says it (a list of health reports, the executor of a build).
	Class string
	// Properties stand in the order in which they are written.
	Properties []Property
}

// A Property is one exported value of a bean.
type Property struct {
	// Name is the property's name in JSON and in `tree=`.
	Name string
	// Visibility says how deep the property is still seen; 1 is Stapler's default, which shows it at the root only.
	Visibility int
	// Inline keeps the level: the beans inside stand on the level of their owner.
	Inline bool
	// Value computes it: nil, string, bool, int, int64, float64, Bean, Empty, List or Map.
	Value func() any
}

// A List is an exported array.
type List []any

// A Map is an exported map, in the order in which it is written.
type Map []Entry

// An Entry is one key of a Map.
type Entry struct {
	Key   string
	Value any
}

// Empty is an object of a class that exports nothing; Jenkins writes it as {}.
type Empty struct{}

// Visible makes a property with Stapler's default visibility.
func Visible(name string, value any) Property {
	return Property{Name: name, Visibility: 1, Value: func() any { return value }}
}

// At makes a property with a visibility of its own.
func At(visibility int, name string, value any) Property {
	return Property{Name: name, Visibility: visibility, Value: func() any { return value }}
}

// Lazy makes a property with the default visibility that is computed when it is seen.
func Lazy(name string, value func() any) Property {
	return Property{Name: name, Visibility: 1, Value: value}
}
