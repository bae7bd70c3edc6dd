// Package config holds the configuration of a process as one struct, loaded and checked once. The names of its variables are
// constants that the cloud stacks set and the functions read.
package config

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

// The environment variables of a function. The stacks in infra/cloud set exactly these.
const (
	EnvTablePrefix = "BACKOFFICE_TABLE_PREFIX"
	EnvEndpoint    = "BACKOFFICE_STORE_ENDPOINT"
	EnvCursorKey   = "BACKOFFICE_CURSOR_KEY"
	EnvBus         = "BACKOFFICE_BUS"
	EnvBucket      = "BACKOFFICE_BUCKET"
	EnvAuditBucket = "BACKOFFICE_AUDIT_BUCKET"
	EnvAuditKey    = "BACKOFFICE_AUDIT_KEY"
	EnvIssuer      = "BACKOFFICE_ISSUER"
	EnvAudience    = "BACKOFFICE_AUDIENCE"
	EnvStage       = "BACKOFFICE_STAGE"
	// EnvFieldKey is set only where an operation's spec declares encrypted fields.
	EnvFieldKey = "BACKOFFICE_FIELD_KEY"
	// EnvOriginSecrets holds what a request that came through the edge carries: the present secret and, while it is being
	// replaced, the former one, comma separated. It is set only where the stage has an edge.
	EnvOriginSecrets = "BACKOFFICE_ORIGIN_SECRETS"
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
	AuditBucket string // name of the bucket for audit roots
	AuditKey    string // ARN of the key that signs them
	Issuer      string // of access tokens
	Audience    string // that access tokens are for
	Stage       string
	FieldKey    string // ARN of the key that encrypts fields
	// OriginSecrets are the secrets of which a request must carry one; none where there is no edge.
	OriginSecrets []string
}

// originSecretCharsMin keeps a secret that was never filled in from opening the door.
const originSecretCharsMin = 32

// FromEnvironment reads the configuration of a function.
func FromEnvironment() (Config, error) {
	c := Config{TablePrefix: os.Getenv(EnvTablePrefix), Endpoint: os.Getenv(EnvEndpoint), Bus: os.Getenv(EnvBus), Bucket: os.Getenv(EnvBucket),
		AuditBucket: os.Getenv(EnvAuditBucket), AuditKey: os.Getenv(EnvAuditKey),
		Issuer: os.Getenv(EnvIssuer), Audience: os.Getenv(EnvAudience), Stage: os.Getenv(EnvStage), FieldKey: os.Getenv(EnvFieldKey)}
	if c.TablePrefix == "" {
		c.TablePrefix = TablePrefixDefault
	}
	var err error
	if c.OriginSecrets, err = OriginSecrets(); err != nil {
		return c, err
	}
	key, err := base64.StdEncoding.DecodeString(os.Getenv(EnvCursorKey))
	if err != nil || len(key) < 32 {
		return c, fmt.Errorf("config: %s must be at least 32 bytes in base64", EnvCursorKey)
	}
	c.CursorKey = key
	return c, nil
}

// OriginSecrets reads the secrets of the edge alone, for what stands behind it and is no operation; none where there is no edge.
func OriginSecrets() ([]string, error) {
	var out []string
	for secret := range strings.SplitSeq(os.Getenv(EnvOriginSecrets), ",") {
		if secret == "" {
			continue
		}
		if len(secret) < originSecretCharsMin {
			return nil, fmt.Errorf("config: each of %s must have at least %d characters", EnvOriginSecrets, originSecretCharsMin)
		}
		out = append(out, secret)
	}
	return out, nil
}
