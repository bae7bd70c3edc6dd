package construct

// Statement is one statement of a policy document.
type Statement = statement

// Allow makes a statement for a function that is no operation; an operation's are derived from its spec.
func Allow(actions []string, resources ...*string) Statement { return allow(actions, resources...) }

// Policy makes a policy document of statements.
func Policy(statements ...Statement) map[string]any { return policy(statements...) }
