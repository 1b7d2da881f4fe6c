package openstack

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func checkResource(t, resources object, name string, r object, strict bool) error {
	for _, needed := range dependsOn(r) {
		if resources[needed] == nil {
			return badReference(needed, name)
		}
	}
	properties, err := section(r, "properties")
	if err != nil {
		return err
	}
	kind := resourceKinds[r["type"].(string)] //nolint:forcetypeassert // checkResources has looked
	for _, key := range sortedKeys(properties) {
		p := kind.property(key)
		if p == nil {
			return badTemplate("Property error: : resources.%s.properties: : Unknown Property %s", name, key)
		}
		where := "resources." + name + ".properties." + key
		if err := checkValue(t, resources, properties[key], where, name+".Properties."+key, strict); err != nil {
			return err
		}
		if err := p.check(properties[key]); err != nil && strict {
			return badTemplate("Property error: : %s: : %v", where, err)
		}
	}
	for _, p := range kind.properties {
		if _, given := properties[p.name]; p.needed && !given && strict {
			return badTemplate("Property error: : resources.%s.properties: : Property %s not assigned", name, p.name)
		}
	}
	return nil
}

func badReference(name, where string) error {
	return refuseAs(http.StatusBadRequest, "InvalidTemplateReference", "The specified reference \"%s\" (in %s) is incorrect.", name, where)
}

// checkValue refuses functions that lead to nothing.
func checkValue(t, resources object, v any, where, place string, strict bool) error {
	return walk(v, func(name string, arg any) error {
		switch name {
		case "get_resource":
			if word, _ := arg.(string); resources[word] == nil {
				return badReference(word, place)
			}
		case "get_attr":
			return checkAttribute(resources, arg, where, place)
		case "get_param":
			parameters, _ := t["parameters"].(object)
			word := firstWord(arg)
			if _, known := parameters[word]; !known && strict && !strings.HasPrefix(word, "OS::") {
				return badTemplate("Property error: : %s: : The Parameter (%s) was not provided.", where, word)
			}
		}
		return nil
	})
}

func checkAttribute(resources object, arg any, where, place string) error {
	list, _ := arg.([]any)
	if len(list) < 2 {
		return badTemplate("%s.get_attr: : Arguments to \"get_attr\" must be of the form [resource_name, attribute, (path), ...]", where)
	}
	name, attr := firstWord(arg), fmt.Sprint(list[1])
	r, known := resources[name].(object)
	if !known {
		return badReference(name, place)
	}
	kind, _ := r["type"].(string)
	if k := resourceKinds[kind]; k != nil && attr != "show" && !slices.Contains(k.attributes, attr) {
		return badTemplate("%s.get_attr: : The Referenced Attribute (%s %s) is incorrect.", where, name, attr)
	}
	return nil
}

// firstWord is a function's argument, or the first one.
func firstWord(arg any) string {
	if list, some := arg.([]any); some && len(list) > 0 {
		arg = list[0]
	}
	word, _ := arg.(string)
	return word
}

func checkOutputs(t, resources object, strict bool) error {
	outputs, err := section(t, "outputs")
	if err != nil {
		return err
	}
	for _, key := range sortedKeys(outputs) {
		out, _ := outputs[key].(object)
		value, given := out["value"]
		if !given {
			return badTemplate("Output validation error: : outputs.%s: : Each output definition must contain a value key.", key)
		}
		where := "outputs." + key + ".value"
		if err := checkValue(t, resources, value, where, "unknown", strict); err != nil {
			return badTemplate("%s: : %v", where, err)
		}
	}
	return nil
}

// dependsOn are the resources that one names under depends_on.
func dependsOn(r object) []string {
	switch v := r["depends_on"].(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
		return out
	}
	return nil
}

// needs are the resources that must be there before one is.
func needs(r object) []string {
	out := dependsOn(r)
	_ = walk(r["properties"], func(name string, arg any) error {
		if name == "get_resource" || name == "get_attr" {
			out = append(out, firstWord(arg))
		}
		return nil
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// circle are resources that need one another, nil for none.
func circle(resources object) []string {
	done := map[string]int{} // 1 while it is looked at, 2 when all it needs is there
	var visit func(name string) []string
	visit = func(name string) []string {
		switch done[name] {
		case 1:
			return []string{name}
		case 2:
			return nil
		}
		done[name] = 1
		r, _ := resources[name].(object)
		for _, other := range needs(r) {
			if loop := visit(other); loop != nil {
				return append(loop, name)
			}
		}
		done[name] = 2
		return nil
	}
	for _, name := range sortedKeys(resources) {
		if loop := visit(name); loop != nil {
			return loop
		}
	}
	return nil
}
