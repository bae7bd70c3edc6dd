package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"backoffice/internal/privatefile"
)

const (
	profileFile    = "profiles.json"
	profileDefault = "default"
)

// profile is one way into one installation.
type profile struct {
	Address      string `json:"address"`
	CA           string `json:"ca,omitempty"` // file with the certificate authority of an installation with its own
	Email        string `json:"email,omitempty"`
	AccessToken  string `json:"accessToken,omitempty"`
	RefreshToken string `json:"refreshToken,omitempty"`
	ServiceKey   string `json:"serviceKey,omitempty"`
	Entity       string `json:"entity,omitempty"` // used where a command names none
}

// bearer is what calls are made with.
func (p profile) bearer() string {
	if p.ServiceKey != "" {
		return p.ServiceKey
	}
	return p.AccessToken
}

// profiles are what the user's configuration file holds.
type profiles struct {
	Current string             `json:"current"`
	All     map[string]profile `json:"profiles"`
}

func (a *app) configDir() (string, error) {
	if a.config != "" {
		return a.config, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no configuration directory: %w; name one with --config", err)
	}
	return filepath.Join(dir, "boctl"), nil
}

// load reads the profiles. A file that others can read is refused: it holds tokens.
func (a *app) load() (profiles, error) {
	ps := profiles{Current: profileDefault, All: map[string]profile{}}
	dir, err := a.configDir()
	if err != nil {
		return ps, err
	}
	path := filepath.Join(dir, profileFile)
	raw, err := privatefile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ps, nil
	}
	if errors.Is(err, privatefile.ErrOpen) {
		return ps, fmt.Errorf("%w: it can be read by others; make it 0600", err)
	}
	if err != nil {
		return ps, err
	}
	if err := json.Unmarshal(raw, &ps); err != nil {
		return ps, fmt.Errorf("%s: %w", path, err)
	}
	if ps.All == nil {
		ps.All = map[string]profile{}
	}
	return ps, nil
}

// change reads the profiles, changes them and writes them, while no other run does: a refresh token is good once.
func (a *app) change(ctx context.Context, do func(*profiles) error) error {
	dir, err := a.configDir()
	if err != nil {
		return err
	}
	path := filepath.Join(dir, profileFile)
	unlock, err := privatefile.Lock(ctx, path+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	ps, err := a.load()
	if err != nil {
		return err
	}
	if err := do(&ps); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(ps, "", "  ")
	if err != nil {
		return err
	}
	return privatefile.Replace(path, append(raw, '\n'))
}

// name gives the profile that the run uses.
func (a *app) name(ps profiles) string {
	if a.profile != "" {
		return a.profile
	}
	if ps.Current != "" {
		return ps.Current
	}
	return profileDefault
}
