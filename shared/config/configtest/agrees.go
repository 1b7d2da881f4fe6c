// Package configtest holds the schema of the configuration against the code that reads it: a key that is added to the one is
// missed in the other.
package configtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/schema"
)

// Agrees fails a test when the keys and types of a struct are not those of the schema at a place: keys with points between,
// "jenkins.allow[].jobs", "*" for any key of a map. Maps, lists and structs below are compared too; what reads itself (a
// [yaml.Unmarshaler] or a [yaml.Node]) only has to be there.
func Agrees(tb testing.TB, path string, settings any) {
	tb.Helper()
	part := at(tb, path)
	compare(tb, path, part, reflect.TypeOf(settings))
}

// at is the part of the schema at a place.
func at(tb testing.TB, path string) *schema.Schema {
	tb.Helper()
	part := schema.Root()
	for _, step := range strings.FieldsFunc(strings.ReplaceAll(path, "[]", ".[]"), func(r rune) bool { return r == '.' }) {
		part = part.Resolve()
		switch step {
		case "[]":
			part = part.Items
		case "*":
			part = part.Additional.As
		default:
			part = part.Properties.Of(step)
		}
		if part == nil {
			tb.Fatalf("the schema has no key %s (at %s)", path, step)
		}
	}
	return part.Resolve()
}

var (
	unmarshaler  = reflect.TypeFor[yaml.Unmarshaler]()
	nodeType     = reflect.TypeFor[yaml.Node]()
	durationType = reflect.TypeFor[time.Duration]()
)

func compare(tb testing.TB, path string, part *schema.Schema, settings reflect.Type) {
	tb.Helper()
	for settings.Kind() == reflect.Pointer {
		settings = settings.Elem()
	}
	if settings == nodeType || settings.Kind() == reflect.Interface || reflect.PointerTo(settings).Implements(unmarshaler) {
		return
	}
	if want := typeOf(settings); !part.Type.Has(want) || len(part.Type) == 0 {
		tb.Errorf("%s is %v in the schema, and read as %s", path, part.Type, want)
		return
	}
	switch {
	case settings == durationType:
		if part.Title != schema.Root().Defs.Of("duration").Title {
			tb.Errorf("%s is a time with its unit: refer to #/$defs/duration", path)
		}
	case settings.Kind() == reflect.Slice:
		if part.Items == nil {
			tb.Errorf("%s is a list of anything in the schema", path)
			return
		}
		compare(tb, path+"[]", part.Items.Resolve(), settings.Elem())
	case settings.Kind() == reflect.Map && part.Additional.As != nil:
		compare(tb, path+".*", part.Additional.As.Resolve(), settings.Elem())
	case settings.Kind() == reflect.Map && len(part.Properties.Names) > 0:
		for _, name := range part.Properties.Names {
			compare(tb, path+"."+name, part.Properties.Of(name).Resolve(), settings.Elem())
		}
	case settings.Kind() == reflect.Struct:
		compareKeys(tb, path, part, settings)
	}
}

func compareKeys(tb testing.TB, path string, part *schema.Schema, settings reflect.Type) {
	tb.Helper()
	known := config.Fields(settings)
	for _, name := range known.Names {
		of := part.Properties.Of(name)
		if of == nil {
			tb.Errorf("%s.%s is read, and not in shared/config/schema/handsoff.schema.json: describe it there, then make docs", path, name)
			continue
		}
		compare(tb, path+"."+name, of.Resolve(), known.Of[name])
	}
	if known.Rest != nil {
		return
	}
	for _, name := range part.Properties.Names {
		if !slices.Contains(known.Names, name) {
			tb.Errorf("%s.%s is in shared/config/schema/handsoff.schema.json, and nobody reads it", path, name)
		}
	}
	if !part.Additional.Refused {
		tb.Errorf("%s: the schema takes any key there, and the code does not", path)
	}
}

// typeOf is a Go type in the words of JSON Schema.
func typeOf(settings reflect.Type) string {
	switch settings.Kind() { // the configuration has no others
	case reflect.Bool:
		return "boolean"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Slice:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "integer"
	}
	return "string"
}

// Keys fails a test when the keys of a section that is read by hand are not those that the schema has at a place and below it.
// The keys are those of the tables in the Go files of folder: map literals of functions that take a [yaml.Node], and every [field.Map]. Keys that
// reach their reader otherwise are given as more.
func Keys(tb testing.TB, path, folder string, more ...string) {
	tb.Helper()
	part := at(tb, path)
	described := map[string]bool{}
	collect(part, described)
	read := tables(tb, folder)
	for _, name := range more {
		read[name] = true
	}
	for name := range read {
		if !described[name] {
			tb.Errorf("%s is read in %s, and not in shared/config/schema/handsoff.schema.json below %s: describe it there, then make docs", name, folder, path)
		}
	}
	for name := range described {
		if !read[name] {
			tb.Errorf("%s is in shared/config/schema/handsoff.schema.json below %s, and nobody in %s reads it", name, path, folder)
		}
	}
}

// collect gathers the names of all keys at a place and below it.
func collect(part *schema.Schema, into map[string]bool) {
	part = part.Resolve()
	for _, name := range part.Properties.Names {
		into[name] = true
		collect(part.Properties.Of(name), into)
	}
	if part.Items != nil {
		collect(part.Items, into)
	}
	if part.Additional.As != nil {
		collect(part.Additional.As, into)
	}
}

// tables are the keys of the tables in a folder's Go files.
func tables(tb testing.TB, folder string) map[string]bool {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		tb.Fatal("there is no Go in ", folder, err)
	}
	found := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			tb.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if table, ok := n.(*ast.CompositeLit); ok && reads(table.Type) {
				for _, element := range table.Elts {
					if pair, ok := element.(*ast.KeyValueExpr); ok {
						addKey(found, pair.Key)
					}
				}
			}
			return true
		})
	}
	return found
}

func addKey(found map[string]bool, key ast.Expr) {
	if text, ok := key.(*ast.BasicLit); ok && text.Kind == token.STRING {
		if name, err := strconv.Unquote(text.Value); err == nil {
			found[name] = true
		}
	}
}

// reads reports whether a type is one of tables that read keys: a map to functions, or a [field.Map].
func reads(kind ast.Expr) bool {
	if name, ok := kind.(*ast.SelectorExpr); ok {
		of, ok := name.X.(*ast.Ident)
		return ok && of.Name == "field" && name.Sel.Name == "Map"
	}
	table, ok := kind.(*ast.MapType)
	if !ok {
		return false
	}
	do, ok := table.Value.(*ast.FuncType)
	if !ok {
		return false
	}
	return slices.ContainsFunc(do.Params.List, func(p *ast.Field) bool {
		star, ok := p.Type.(*ast.StarExpr)
		if !ok {
			return false
		}
		of, ok := star.X.(*ast.SelectorExpr)
		return ok && of.Sel.Name == "Node"
	})
}
