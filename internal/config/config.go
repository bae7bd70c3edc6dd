// Package config holds the configuration of a process as one struct, loaded and checked once. The names of its variables are
// constants that the cloud stacks set and the functions read.
package config

import (
	"encoding/base64"
	"fmt"
	"os"
)

// The environment variables of a function. The stacks in infra/cloud set exactly these.
const (
	EnvTablePrefix = "BACKOFFICE_TABLE_PREFIX"
	EnvEndpoint    = "BACKOFFICE_STORE_ENDPOINT"
	EnvCursorKey   = "BACKOFFICE_CURSOR_KEY"
	EnvBus         = "BACKOFFICE_BUS"
	EnvBucket      = "BACKOFFICE_BUCKET"
	EnvIssuer      = "BACKOFFICE_ISSUER"
	EnvAudience    = "BACKOFFICE_AUDIENCE"
	EnvStage       = "BACKOFFICE_STAGE"
)

// TablePrefixDefault names the tables where nothing else is configured.
const TablePrefixDefault = "backoffice"

// Config is what a process must know of its surroundings.
type Config struct {
	TablePrefix string // physical tables are named prefix-domain
	Endpoint    string // of the store; empty for AWS's own
	CursorKey   []byte // signs list cursors; at least 32 bytes
	Bus         string // name of the event bus
	Bucket      string // name of the bucket for files
	Issuer      string // of access tokens
	Audience    string // that access tokens are for
	Stage       string
}

// FromEnvironment reads the configuration of a function.
func FromEnvironment() (Config, error) {
	c := Config{TablePrefix: os.Getenv(EnvTablePrefix), Endpoint: os.Getenv(EnvEndpoint), Bus: os.Getenv(EnvBus), Bucket: os.Getenv(EnvBucket),
		Issuer: os.Getenv(EnvIssuer), Audience: os.Getenv(EnvAudience), Stage: os.Getenv(EnvStage)}
	if c.TablePrefix == "" {
		c.TablePrefix = TablePrefixDefault
	}
	key, err := base64.StdEncoding.DecodeString(os.Getenv(EnvCursorKey))
	if err != nil || len(key) < 32 {
		return c, fmt.Errorf("config: %s must be at least 32 bytes in base64", EnvCursorKey)
	}
	c.CursorKey = key
	return c, nil
}
