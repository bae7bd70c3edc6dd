package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	profileFile     = "profiles.json"
	profileFileMode = 0o600
	profileDirMode  = 0o700
	profileDefault  = "default"
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
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ps, nil
	}
	if err != nil {
		return ps, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return ps, fmt.Errorf("%s can be read by others (mode %v); make it 0600", path, info.Mode().Perm())
	}
	raw, err := os.ReadFile(path)
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

// change reads the profiles, changes them and writes them, while no other run does.
func (a *app) change(do func(*profiles) error) error {
	dir, err := a.configDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, profileDirMode); err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(dir, profileFile+".lock"))
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
	next := filepath.Join(dir, profileFile+".next")
	if err := os.WriteFile(next, append(raw, '\n'), profileFileMode); err != nil {
		return err
	}
	return os.Rename(next, filepath.Join(dir, profileFile))
}

const (
	lockLook  = 20 * time.Millisecond
	lockStale = 30 * time.Second
)

// lock makes two runs of the program wait for one another: a refresh token is good once. A lock that a killed run left is
// taken over when it is old.
func lock(path string) (unlock func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, profileFileMode)
		if err == nil {
			return func() { _ = os.Remove(path) }, f.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > lockStale {
			_ = os.Remove(path)
		}
		time.Sleep(lockLook)
	}
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
