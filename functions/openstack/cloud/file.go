package cloud

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds a clouds.yaml, in bytes.
const maxFile = 1 << 20

// cloudsFile is a clouds.yaml: https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html.
type cloudsFile struct {
	Clouds map[string]fileEntry `yaml:"clouds"`
}

type fileEntry struct {
	Cloud        string       `yaml:"cloud"`
	Profile      string       `yaml:"profile"`
	Auth         *fileAuth    `yaml:"auth"`
	AuthType     string       `yaml:"auth_type"`
	Region       string       `yaml:"region_name"`
	Regions      []fileRegion `yaml:"regions"`
	Interface    string       `yaml:"interface"`
	EndpointType string       `yaml:"endpoint_type"`
	Identity     string       `yaml:"identity_api_version"`
	Verify       *bool        `yaml:"verify"`
	CACert       string       `yaml:"cacert"`
	Cert         string       `yaml:"cert"`
	Key          string       `yaml:"key"`
}

type fileAuth struct {
	URL               string `yaml:"auth_url"`
	Username          string `yaml:"username"`
	UserID            string `yaml:"user_id"`
	Password          string `yaml:"password"`
	CredentialID      string `yaml:"application_credential_id"`
	CredentialName    string `yaml:"application_credential_name"`
	CredentialSecret  string `yaml:"application_credential_secret"`
	ProjectName       string `yaml:"project_name"`
	ProjectID         string `yaml:"project_id"`
	UserDomainName    string `yaml:"user_domain_name"`
	UserDomainID      string `yaml:"user_domain_id"`
	ProjectDomainName string `yaml:"project_domain_name"`
	ProjectDomainID   string `yaml:"project_domain_id"`
	DomainName        string `yaml:"domain_name"`
	DomainID          string `yaml:"domain_id"`
	DefaultDomain     string `yaml:"default_domain"`
	TrustID           string `yaml:"trust_id"`
}

// fileRegion is a region's name, or a name with values of its own.
type fileRegion struct{ Name string }

// UnmarshalYAML implements yaml.Unmarshaler.
func (r *fileRegion) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		return node.Decode(&r.Name)
	}
	var long struct {
		Name string `yaml:"name"`
	}
	err := node.Decode(&long)
	r.Name = long.Name
	return err
}

// readFile reads a clouds.yaml. Errors hold no secret.
func readFile(text []byte) (map[string]fileEntry, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("larger than %d bytes", maxFile)
	}
	var file cloudsFile
	err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&file)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.New("it is not YAML in the form of a clouds.yaml") // the parser's words could quote a secret
	}
	if len(file.Clouds) == 0 {
		return nil, errors.New("it has no clouds")
	}
	return file.Clouds, nil
}
