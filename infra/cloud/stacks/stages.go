package stacks

// Stages gives the names of all stages; the working folder is the module's.
func Stages() ([]string, error) {
	stages := map[string]Stage{}
	err := readJSON(stagesFile, &stages)
	return sortedKeys(stages), err
}
