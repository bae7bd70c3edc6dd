// Package charts holds charts of accounts from which an entity's own chart can be made. It is data: whoever imports a template
// reads it like any other import file, and the entity may change its copy as it likes.
//
// A template is a JSON object with name, title, country and accounts. Each account has
//
//   - code: four digits. The order of the codes is the order of the chart.
//   - name: what people see.
//   - type: asset, liability, equity, income or expense; it says which side raises the balance.
//   - class: the line of the statutory balance sheet or profit and loss account (formats 1 of the Companies Act) that the
//     balance is reported in, such as fixed-assets-tangible, creditors-within-one-year or administrative-expenses. An account that
//     reduces a line, such as accumulated depreciation, has the class and the type of the line it reduces.
//   - parent: the code of the header above it, empty at the top.
//   - header: true for a heading, which cannot be posted to.
//   - control: the sub-ledger that the account must agree with (debtors, creditors, bank, vat, stock or payroll), or empty.
//
// Grants made, agency staff, consultancy and the like have accounts of their own, so that a public body's spending can be
// brought in without a chart of its own.
package charts
