package ddbtest

import (
	"math/big"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// numberRows are numbers as written and as the store has to return them.
var numberRows = []struct{ name, in, out string }{
	{"zero", "0", "0"},
	{"minus zero", "-0", "0"},
	{"zero with point", "0.000", "0"},
	{"zero with exponent", "0e99", "0"},
	{"leading zeros", "00012", "12"},
	{"trailing zeros", "12.500", "12.5"},
	{"integer with point", "12.0", "12"},
	{"plus sign", "+12", "12"},
	{"no leading digit", ".5", "0.5"},
	{"no trailing digit", "5.", "5"},
	{"exponent", "1.25e2", "125"},
	{"capital exponent", "1.25E+2", "125"},
	{"negative exponent", "125e-2", "1.25"},
	{"negative", "-1.50", "-1.5"},
	{"small", "1e-7", "0.0000001"},
	{"large", "1e21", "1000000000000000000000"},
	{"two to the 53 and one", "9007199254740993", "9007199254740993"},
	{"38 digits", "12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
	{"38 digits after the point", "0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678"},
	{"38 digits around the point", "-1234567890123456789.0123456789012345678", "-1234567890123456789.0123456789012345678"},
	{"38 digits then zeros", "1234567890123456789012345678901234567800000", "1234567890123456789012345678901234567800000"},
	{"one and many zeros", "1.0000000000000000000000000000000000000000000000000000", "1"},
}

// numberExtremes are kept exactly; only their value is compared, as stores
// write many zeros in one way or another.
var numberExtremes = []string{
	"9.9999999999999999999999999999999999999e125", "-9.9999999999999999999999999999999999999e125",
	"1e-130", "-1e-130", "1.5e-120", "1e125", "1e100", "1e-100",
}

var numberErrors = []struct{ name, in, fragment string }{
	{"39 digits", "123456789012345678901234567890123456789", "more than 38 significant digits"},
	{"39 digits after the point", "0.123456789012345678901234567890123456789", "more than 38 significant digits"},
	{"39 digits around the point", "1.00000000000000000000000000000000000001", "more than 38 significant digits"},
	{"too large", "1e126", "magnitude larger than supported range"},
	{"too small", "-1e126", "magnitude larger than supported range"},
	{"too near zero", "1e-131", "magnitude smaller than supported range"},
	{"huge exponent", "1e99999", "magnitude larger than supported range"},
	{"two points", "1.2.3", "cannot be converted to a numeric value"},
	{"two signs", "--1", "cannot be converted to a numeric value"},
	{"sign only", "-", "cannot be converted to a numeric value"},
	{"point only", ".", "cannot be converted to a numeric value"},
	{"exponent only", "e5", "cannot be converted to a numeric value"},
	{"no exponent digits", "1e", "cannot be converted to a numeric value"},
	{"fractional exponent", "1e1.5", "cannot be converted to a numeric value"},
	{"underscore", "1_000", "cannot be converted to a numeric value"},
	{"other digits", "١٢", "cannot be converted to a numeric value"},
}

func numberChecks(s *Suite) {
	for _, row := range numberRows {
		s.check("normal "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, with(c.own("{}"), "n", N(row.in)))
			c.same("number", column([]Item{c.get(table, Item{"pk": c.key()})}, "n"), row.out)
		})
	}
	for _, in := range numberExtremes {
		s.check("extreme "+in, func(c *C) {
			table := c.table(plainTable)
			c.put(table, with(c.own("{}"), "n", N(in)))
			got := column([]Item{c.get(table, Item{"pk": c.key()})}, "n")
			if !equalNumbers(got, in) {
				c.Errorf("number: got %s, want %s", got, in)
			}
		})
	}
	for _, row := range numberErrors {
		s.check("refused "+row.name, func(c *C) {
			table := c.table(plainTable)
			_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
				TableName: aws.String(table), Item: with(c.own("{}"), "n", N(row.in)),
			})
			c.wantError(err, validation, row.fragment)
			c.stored(table, "")
		})
	}
	s.check("numbers in sets and documents are normal", func(c *C) {
		table := c.table(plainTable)
		c.put(table, c.own(`{"ns":{"$ns":["1.0","02","3e0"]},"l":[{"$n":"1.50"}],"m":{"a":{"$n":"-0.0"}}}`))
		c.stored(table, `{"ns":{"$ns":[1,2,3]},"l":[1.5],"m":{"a":0}}`)
	})
	s.check("returned values are normal", func(c *C) {
		table := c.table(plainTable)
		request := c.updateRequest(table, "SET n = :v", "", `{":v":{"$n":"1.50e1"}}`)
		request.ReturnValues = types.ReturnValueAllNew
		answer, err := c.DB.UpdateItem(c.ctx, request)
		c.must(err)
		c.same("number", column([]Item{answer.Attributes}, "n"), "15")
	})
	s.check("sort key is normal", func(c *C) {
		table := c.table(numberTable)
		c.put(table, Item{"pk": c.key(), "sk": N("1.50e1")})
		answer, err := c.query(table, nil)
		c.must(err)
		c.same("sort key", column(answer.Items, "sk"), "15")
	})
	s.check("hundred small steps are exact", func(c *C) {
		table := c.table(plainTable)
		for range 100 {
			c.update(table, "ADD n :v", `{":v":0.1}`)
		}
		c.stored(table, `{"n":10}`)
	})
}

// equalNumbers compares two decimal texts by value.
func equalNumbers(a, b string) bool {
	x, okX := new(big.Rat).SetString(strings.ToLower(a))
	y, okY := new(big.Rat).SetString(strings.ToLower(b))
	return okX && okY && x.Cmp(y) == 0
}
