// Package mappings holds saved import mappings: how the columns and values of a known kind of file become records. It is data,
// so that a file of the same kind can be brought in without anybody mapping it by hand again.
//
// A mapping is a JSON object with
//
//   - name: the mapping's own name.
//   - columns: our field to the file's column heading. A column may serve two fields.
//   - dateFormat: how the file writes dates.
//   - currency: the ISO 4217 code of every amount, when the file has no column for it.
//   - partyKind: what the other party of a line is, supplier or customer.
//   - balancingAccount: the account that takes the other side of every line.
//   - accountValues: which account of the chart takes the lines whose account column reads match. A cell and a match are compared
//     by their [Key], since files spell the same heading with other capitals and spaces from year to year.
//
// The public-spending mapping reads the line-by-line spending that UK public bodies publish, and posts it to the accounts of
// the uk-frs102-small chart.
package mappings
