package op

// FileAction is a set of things that an operation does with the files of one folder; each is an S3 action.
type FileAction uint8

// The file actions. Whoever signs an address does with it what its holder may do: an upload's is written, a download's read.
const (
	FileRead FileAction = 1 << iota
	FileWrite
	FileDelete
)

// FileAccess is what an operation does with the files of one folder. Files stand under folder/tenant/…, so that rights, which
// know no tenant, and lifetimes can go by the folder; the files port refuses everything else, and every other tenant's.
type FileAccess struct {
	Folder string // one of the folders of internal/files
	Do     FileAction
}

// MayFile tells whether the operation's spec declares an action on a folder.
func (s Spec) MayFile(folder string, do FileAction) bool {
	for _, a := range s.Files {
		if a.Folder == folder && a.Do&do == do {
			return true
		}
	}
	return false
}
