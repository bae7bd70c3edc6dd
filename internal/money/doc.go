// Package money holds amounts of money, and the rates and quantities that act on them.
//
// A [Money] is an exact number of minor units of one currency: it cannot hold half a penny, so every step that could make one
// (a rate, a share, a conversion) takes a [Rounding] that the caller writes out. A [Rate] is an exact decimal without a currency:
// a quantity, a percentage, a unit price, an exchange rate. Neither is ever a float.
//
// The text of an amount is fixed by its currency ("1234.50" for GBP, "1235" for JPY, "1.500" for KWD), so equal amounts have
// equal texts. What comes from outside goes through [Parse] or [ParseRate], which take plain decimals only and whose errors
// never repeat what was submitted.
//
// Currencies are never mixed in silence: adding pounds to euros is a broken invariant of the caller, and panics. The zero
// [Money] is nothing of no currency; it can be added to anything, which makes it the natural start of a sum.
//
// This is the only package that imports a decimal library; the library's type does not leave it.
package money
