package remote

import (
	"context"
	"net/http"

	"github.com/bndr/gojenkins"
)

// Root is what Jenkins says of itself.
type Root struct {
	QuietingDown bool   `json:"quietingDown"`
	Executors    int    `json:"numExecutors"`
	Mode         string `json:"mode"`
	Version      string `json:"-"`
	Session      string `json:"-"` // changes with every start
}

// Root asks Jenkins about itself.
func (c *Client) Root(ctx context.Context) (*Root, error) {
	var root Root
	got, err := c.read(ctx, ask{
		doing: "asking how it is", query: map[string]string{"tree": "quietingDown,numExecutors,mode"},
	}, &root)
	if err != nil {
		return nil, err
	}
	root.Version, root.Session = got.header.Get("X-Jenkins"), got.header.Get("X-Jenkins-Session")
	return &root, nil
}

// WhoAmI is the account that Jenkins takes us for.
func (c *Client) WhoAmI(ctx context.Context) (string, error) {
	var who struct {
		Name string `json:"name"`
	}
	_, err := c.read(ctx, ask{doing: "asking who we are", path: "/whoAmI", query: map[string]string{"tree": "name"}}, &who)
	if err != nil {
		return "", err
	}
	return who.Name, nil
}

// Nodes lists the machines that build.
func (c *Client) Nodes(ctx context.Context) ([]*gojenkins.NodeResponse, error) {
	var computers gojenkins.Computers
	_, err := c.read(ctx, ask{
		doing: "listing its nodes", path: "/computer",
		query: map[string]string{"tree": "busyExecutors,totalExecutors,computer[displayName,idle,jnlpAgent,launchSupported," +
			"numExecutors,offline,offlineCauseReason,temporarilyOffline]"},
	}, &computers)
	if err != nil {
		return nil, err
	}
	return computers.Computers, nil
}

// Plugins lists the installed plug-ins; Jenkins shows them to administrators only.
func (c *Client) Plugins(ctx context.Context) ([]gojenkins.Plugin, error) {
	var plugins gojenkins.PluginResponse
	_, err := c.read(ctx, ask{
		doing: "listing its plug-ins", path: "/pluginManager",
		query: map[string]string{"tree": "plugins[shortName,version,enabled,active,hasUpdate]"},
	}, &plugins)
	if err != nil {
		return nil, err
	}
	return plugins.Plugins, nil
}

// Restart asks Jenkins to restart: safe waits for the builds that run and starts no others, unsafe does it now.
func (c *Client) Restart(ctx context.Context, safe bool) error {
	a := ask{doing: "asking for a restart", leaf: "restart"}
	if safe {
		a.leaf = "safeRestart"
	}
	got, err := c.post(ctx, a)
	if err != nil {
		return err
	}
	if got.status == http.StatusServiceUnavailable { // it is restarting already, as asked
		return nil
	}
	return accepted(a.doing, got)
}

// CancelQuietDown lets Jenkins build again; a safe restart that still waits is given up by it.
func (c *Client) CancelQuietDown(ctx context.Context) error {
	a := ask{doing: "giving up the restart", leaf: "cancelQuietDown"}
	got, err := c.post(ctx, a)
	if err != nil {
		return err
	}
	return accepted(a.doing, got)
}
