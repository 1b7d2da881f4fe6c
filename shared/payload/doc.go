// Package payload reads the JSON that GitHub and Gerrit send, as rules see it: quickly, by exact names, within bounds.
package payload
