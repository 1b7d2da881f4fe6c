package resource

import (
	"context"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
)

// QuotaOf is Quota of another project, by its id: c is an administrator's, or the project's own. Errors are *cloud.Fault.
func QuotaOf(ctx context.Context, c *cloud.Cloud, project string) (Usage, error) {
	return usageOf(ctx, c, project)
}
