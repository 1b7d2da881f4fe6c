package stapler

import "math"

// A Pruner decides which properties are written.
type Pruner interface {
	// enter says whether a property is shown and, if so, with which pruner its value is written.
	enter(p Property) (Pruner, bool)
	// span is the part of an array to write.
	span() span
}

// Depth is the pruner of `depth=n`; zero is what a request without `depth` and `tree` gets.
func Depth(n int) Pruner { return byDepth(1 - n) }

// ByTree is the pruner of `tree=`.
func ByTree(t *Tree) Pruner { return byTree{t} }

// byDepth is the level an object stands on: 1 at the root of a request without `depth`, one more a step down.
type byDepth int

func (d byDepth) enter(p Property) (Pruner, bool) {
	if p.Visibility < int(d) {
		return nil, false
	}
	if p.Inline {
		return d, true
	}
	return d + 1, true
}

func (byDepth) span() span { return span{to: math.MaxInt} }

type byTree struct{ tree *Tree }

func (b byTree) enter(p Property) (Pruner, bool) {
	child, ok := b.tree.children[p.Name]
	if !ok {
		child, ok = b.tree.children["*"]
	}
	if !ok {
		return nil, false
	}
	return byTree{child}, true
}

func (b byTree) span() span { return b.tree.span }
