package program

import "github.com/handsoff/handsoff/local-provider/sandbox/consent"

// ReadClient completes who may ask people to log in, once its id is known: by the secret in a file, and where browsers are sent back
// to. Without an id there is nobody.
func ReadClient(c *consent.Client, file, redirect string) error {
	if c.ID == "" {
		return nil
	}
	secret, err := ReadToken(file)
	if err != nil {
		return err
	}
	c.Secret = secret
	if redirect != "" {
		c.Redirects = []string{redirect}
	}
	return nil
}
