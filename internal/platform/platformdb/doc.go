// Package platformdb keeps the platform domain in its single table:
//
//	PK                        | SK             | what                                             | type
//	<tenant>|TEN              | <tenant>       | the tenant itself, and each client it holds      | tenantRow
//	<tenant>|PER              | <person>       | person                                           | personRow
//	<tenant>|REP|<manager>    | <person>       | who reports to a manager                         | reportRow
//	<tenant>|PRN|<principal>  | A              | user                                             | userRow
//	<tenant>|PRN|<principal>  | A              | service key                                      | keyRow
//	<tenant>|PRN|<principal>  | G|<assignment> | role assignment                                  | assignmentRow
//	<tenant>|PRN|<principal>  | S|<session>    | open session                                     | sessionRow
//	<tenant>|PRN|<principal>  | F              | wrong old passwords of a user                    | failuresRow
//	<tenant>|PRN|<principal>  | F|<kind>       | wrong codes of a user, by kind                   | failuresRow
//	<tenant>|PRN|<principal>  | O              | second factor                                    | factorRow
//	<tenant>|PRN|<principal>  | C              | one-time code to set a password with             | codeRow
//	<tenant>|ADM              | A              | who the administrators are                       | administratorsRow
//	<tenant>|ROL              | <role>         | role of the tenant's own                         | roleRow
//	<tenant>|JOB              | <job>          | job                                              | jobRow
//	<tenant>|ACT|<key>        | A              | act (package store)                              |
//	login|<hash>              | T|<tenant>     | whose e-mail it is, in each tenant               | loginRow
//	login|<hash>              | F              | failed sign-ins with the e-mail                  | failuresRow
//	installation              | SWITCH         | maintenance switch; SWITCH|<version>, its past   | switchRow
//	claim                     | A              | one-time code of the first administrator         | claimRow
//
//	g1pk                      | g1sk           | what
//	<tenant>|USER             | <user>         | list of users
//	<tenant>|KEY              | <key>          | list of service keys
//	job|ACTIVE|<shard>        | <job>          | jobs of all tenants that have not ended
//	tenant|ALL                | <tenant>       | all tenants
//
// What decides on a principal's rights (whether it is active, its role assignments, its open sessions) stands in one partition
// and is read by one query. The rows under login and claim belong to no tenant: signing in has to find one first. Their keys
// hold no e-mail, only its hash.
package platformdb
