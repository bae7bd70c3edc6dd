package main

import (
	"context"
	"errors"
	"flag"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
)

// dataset is what a command is about: a data directory, a backup, or the tables of a store.
type dataset struct {
	dir    string
	prefix string // of tables; "" for a directory
}

func (d dataset) String() string {
	if d.prefix != "" {
		return d.prefix
	}
	return d.dir
}

// service says where tables are.
type service struct{ endpoint, region string }

func (s *service) flags(f *flag.FlagSet) {
	f.StringVar(&s.endpoint, "endpoint", "", "a DynamoDB endpoint that has the tables; AWS's own unless given")
	f.StringVar(&s.region, "region", "", "region of the tables; the one of every AWS tool unless given")
}

// of refuses to say where tables are when none of the data sets is made of tables.
func (s *service) of(sets ...dataset) error {
	for _, d := range sets {
		if d.prefix != "" {
			return nil
		}
	}
	if s.endpoint+s.region != "" {
		return errors.New("-endpoint and -region say where tables are: name them with -prefix")
	}
	return nil
}

// config reaches tables as every AWS tool would, or another store at its endpoint.
func (s *service) config(ctx context.Context) (aws.Config, error) {
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if s.region != "" {
		cfg.Region = s.region
	}
	if s.endpoint != "" {
		cfg.BaseEndpoint = aws.String(s.endpoint)
	}
	return cfg, err
}
