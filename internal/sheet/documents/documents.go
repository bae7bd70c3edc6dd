// Package documents is every format that a table can be written in. It carries the libraries for workbooks and paper, some
// seven megabytes; only a process that writes them imports it.
package documents

import (
	"backoffice/internal/sheet"
	"backoffice/internal/sheet/pdf"
	"backoffice/internal/sheet/xlsx"
)

// Writers are the writers of all formats.
func Writers() sheet.Writers {
	all := sheet.Plain()
	all[sheet.XLSX], all[sheet.PDF] = xlsx.Write, pdf.Write
	return all
}
