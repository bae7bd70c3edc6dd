package platformdb

import (
	"strings"

	"backoffice/internal/platform"
)

// UserImageFilter passes, of the records of the table's stream, those that tell of a user: no other row has an e-mail. It is a
// filter as an event source mapping takes it.
const UserImageFilter = `{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"eml":{"S":[{"exists":true}]}}}}`

// UserOfImage reads a user, and its tenant, from a row as a stream shows it; attribute gives the text of an attribute. ok is
// false for every other row.
func UserOfImage(attribute func(name string) string) (tenant string, u platform.User, ok bool) {
	parts := strings.Split(attribute("pk"), "|")
	if len(parts) != 3 || parts[1] != "PRN" || attribute("sk") != "A" || !isUser(parts[2]) {
		return "", platform.User{}, false
	}
	return parts[0], platform.User{ID: attribute("id"), Email: attribute("eml"), Person: attribute("per"), State: attribute("st")}, true
}
