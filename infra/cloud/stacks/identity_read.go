package stacks

import (
	"bytes"
	"encoding/json"
	"fmt"

	"backoffice/internal/host/browser"
)

// readStages reads every stage of the stage file. A member that no stage has stops the build with its stage and its name, so that
// a slip of the pen is not a setting that silently does nothing.
func readStages() (map[string]Stage, error) {
	raw := map[string]json.RawMessage{}
	if err := readJSON(stagesFile, &raw); err != nil {
		return nil, err
	}
	out := make(map[string]Stage, len(raw))
	for _, name := range sortedKeys(raw) {
		d := json.NewDecoder(bytes.NewReader(raw[name]))
		d.DisallowUnknownFields()
		var stage Stage
		if err := d.Decode(&stage); err != nil {
			return nil, fmt.Errorf("%s: stage %s: %w", stagesFile, name, err)
		}
		out[name] = stage
	}
	return out, nil
}

// validateEdge holds the stage to its front door and its allowed origins.
func (s Settings) validateEdge() error {
	if err := s.Stage.Edge.validate(); err != nil {
		return fmt.Errorf("stage %s: %w", s.Name, err)
	}
	if err := browser.Check(s.Stage.AllowedOrigins); err != nil {
		return fmt.Errorf("stage %s: allowedOrigins: %w", s.Name, err)
	}
	return nil
}
