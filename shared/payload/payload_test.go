package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// reference reads JSON by encoding/json, with numbers as Decode has them.
func reference(text []byte) (any, bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return nil, false
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, false
	}
	return withNumbers(value)
}

func withNumbers(value any) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		for name := range v {
			held, ok := withNumbers(v[name])
			if !ok {
				return nil, false
			}
			v[name] = held
		}
	case []any:
		for i := range v {
			held, ok := withNumbers(v[i])
			if !ok {
				return nil, false
			}
			v[i] = held
		}
	case json.Number:
		if n, err := v.Int64(); err == nil && !strings.ContainsAny(v.String(), ".eE") {
			return int(n), true
		}
		f, err := v.Float64()
		return f, err == nil
	}
	return value, true
}

var someJSON = []string{
	`{}`, `[]`, `null`, `true`, `false`, `0`, `-0`, `12`, `-3.5e+7`, `1e400`, `01`, `1.`, `.5`, `-`, `+1`, `9007199254740993`,
	`99999999999999999999`, `""`, `"a\nb"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\udbff\udfff"`, `"\ud83dx"`, `"\ude00\ud83d"`, `"\u00E4\u0000"`, `"\x"`, `"\u12"`, `"\u00g0"`,
	"\"\x01\"", "\"\xff\xfe\"", "\"\xed\xa0\x80\"", `{"a":1,"a":2}`, `{"a" : [1 , {"b":null}]}`, `{"a":1,}`, `[1,]`, `[,]`, `{1:2}`, `{"a"}`, `[1 2]`, `nul`, `truex`,
	`"12345678"`, `"1234567\"9"`, "\"1234567890\x1f345\"", `"12345678901234\\"`, "\"ääää\x80\xff1234\"", `"         !#[]      "`, `{"a":{"b":{"c":[1]},"b":{"d":"0123456789"}}}`,
	`{} {}`, ` [ ] `, `"open`, `"\`, `{"a":`, `[`, ``, "\ufeff{}", `"\u002"`, `"\uD83D\u0041"`, `"\/\b\f\r\t\\\""`, `"\u:000"`, `"\u\u00000"`,
}

func TestPayloadsAreReadAsByEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, text := range someJSON {
		sameAsReference(t, []byte(text))
	}
}

func sameAsReference(t *testing.T, text []byte) {
	t.Helper()
	want, ok := reference(text)
	got, err := Decode(text)
	skimmedAsReference(t, text)
	if (Check(text) == nil) != json.Valid(text) && !errors.Is(Check(text), errNesting) {
		t.Errorf("%q: %v; encoding/json says %v", text, Check(text), json.Valid(text))
	}
	if object, is := got.(map[string]any); is {
		openedAsDecoded(t, text, object)
	}
	if errors.Is(err, errNesting) || errors.Is(err, errValues) {
		return
	}
	if ok != (err == nil) || ok && !reflect.DeepEqual(got, want) {
		t.Errorf("%q: %#v, %v; encoding/json has %#v, %v", text, got, err, want, ok)
	}
}

func TestPayloadsHaveBounds(t *testing.T) {
	t.Parallel()
	if _, err := Decode([]byte(strings.Repeat("[", maxNesting+10) + strings.Repeat("]", maxNesting+10))); !errors.Is(err, errNesting) {
		t.Errorf("deep: %v", err)
	}
	if _, err := Decode([]byte("[" + strings.Repeat("0,", maxValues) + "0]")); !errors.Is(err, errValues) {
		t.Errorf("many: %v", err)
	}
	if v, err := Decode([]byte("[" + strings.Repeat("0,", 100_000) + "0]")); err != nil || len(v.([]any)) != 100_001 {
		t.Errorf("some: %v", err)
	}
	if n, _ := Decode([]byte("9223372036854775807")); n != math.MaxInt64 {
		t.Errorf("a large whole number is %v", n)
	}
}

func FuzzPayload(f *testing.F) {
	for _, text := range someJSON {
		f.Add([]byte(text))
	}
	f.Fuzz(sameAsReference)
}

// skimmedAsReference: of an object the fields are what encoding/json has, and each is read later as it would be with the whole.
func skimmedAsReference(t *testing.T, text []byte) {
	t.Helper()
	fields, err := Fields(text)
	if errors.Is(err, errNesting) {
		return
	}
	var want map[string]json.RawMessage
	if ok := json.Unmarshal(text, &want) == nil && want != nil; ok != (err == nil) {
		t.Fatalf("%q: %v; encoding/json says %v", text, err, ok)
	}
	if !utf8.Valid(text) {
		return // names in it may be others
	}
	if len(fields) != len(want) {
		t.Fatalf("%q: %q; encoding/json has %q", text, fields, want)
	}
	for name, raw := range want {
		if fields[name] != string(raw) {
			t.Fatalf("%q: %s is %q; encoding/json has %q", text, name, fields[name], raw)
		}
	}
}

func TestOnlyObjectsHaveFields(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `null`, `[]`, `"x"`, `1`, `{`, `{}}`, `{"a":1e}`, `{"a":"\ud8"}`, `{"a":"\x"}`, `{"a":[1,]}`, `{"a":{"b":tru}}`, `{"a":-}`, `{"a":01}`} {
		if fields, err := Fields([]byte(text)); err == nil {
			t.Errorf("%s: %q", text, fields)
		}
	}
	if _, err := Fields([]byte(`{"a":` + strings.Repeat("[", maxNesting+10) + strings.Repeat("]", maxNesting+10) + `}`)); !errors.Is(err, errNesting) {
		t.Errorf("deep: %v", err)
	}
	fields, err := Fields([]byte(` { "a" : {"b": [1, "x\"]", {}]} , "\u0061b":"\n" , "a": 1.50 } `))
	if err != nil || len(fields) != 2 || fields["a"] != "1.50" || fields["ab"] != `"\n"` {
		t.Errorf("%q %v", fields, err)
	}
}

// openedAsDecoded: whatever is looked into is what the whole has there.
func openedAsDecoded(t *testing.T, text []byte, object map[string]any) {
	t.Helper()
	part, err := Open(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	if part.At("no such", "name").Value() != nil || part.Value() != nil {
		t.Errorf("%q: something is where nothing is", text)
	}
	if utf8.Valid(text) { // else names in it may be others
		samePart(t, part, object)
	}
	for name := range part.Fields() {
		if field, err := Field(text, name); err != nil || field != part.Fields()[name] {
			t.Errorf("%q: %q is %q: %v", text, name, field, err)
		}
	}
}

func samePart(t *testing.T, part *Part, object map[string]any) {
	t.Helper()
	if len(part.Fields()) != len(object) {
		t.Errorf("%v, not %v", part.Fields(), object)
	}
	for name, want := range object {
		if got := part.At(name).Value(); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %v, not %v", name, got, want)
		}
		if inner, is := want.(map[string]any); is {
			samePart(t, part.At(name), inner)
		} else if part.At(name, "within") != nil {
			t.Errorf("something is within %v", want)
		}
	}
}
