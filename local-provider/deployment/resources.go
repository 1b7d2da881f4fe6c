package deployment

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"github.com/openfaas/faas-provider/types"
)

// quantity is how Kubernetes writes an amount: 128Mi, 1.5G, 250m.
var quantity = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$`)

// validateResources refuses what Kubernetes would: what is no amount, and a request beyond its limit. Nothing else is made of them here.
func validateResources(d types.FunctionDeployment) error {
	var limits, requests types.FunctionResources
	if d.Limits != nil {
		limits = *d.Limits
	}
	if d.Requests != nil {
		requests = *d.Requests
	}
	return cmp.Or(
		validateAmounts(d.Service, "memory", requests.Memory, limits.Memory),
		validateAmounts(d.Service, "processor time", requests.CPU, limits.CPU))
}

func validateAmounts(name, of, request, limit string) error {
	asked, err := amount(name, of, request)
	if err != nil {
		return err
	}
	most, err := amount(name, of, limit)
	if err != nil {
		return err
	}
	if limit != "" && asked > most {
		return fmt.Errorf("%w: function %s asks for %s of %s, and its limit is %s", ErrInvalid, name, request, of, limit)
	}
	return nil
}

func amount(name, of, text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	found := quantity.FindStringSubmatch(text)
	if found == nil {
		return 0, fmt.Errorf("%w: function %s: %q is no amount of %s; write it as Kubernetes does, 128Mi or 250m", ErrInvalid, name, text, of)
	}
	units := map[string]float64{
		"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40,
	}
	value, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		return 0, fmt.Errorf("%w: function %s: %q is no amount of %s", ErrInvalid, name, text, of)
	}
	return value * units[found[2]], nil
}
