package ddbtest

import (
	"errors"
	"fmt"

	"github.com/guregu/dynamo/v2"
)

// gureguRow is a struct as the project's rows are: keys, index keys, and
// values of several types.
type gureguRow struct {
	PK    string         `dynamo:"pk,hash" index:"all,range"`
	SK    string         `dynamo:"sk,range"`
	GPK   string         `dynamo:"gpk,omitempty" index:"all,hash"`
	N     int            `dynamo:"n"`
	Tags  []string       `dynamo:"tags,set,omitempty"`
	Lines []gureguLine   `dynamo:"lines,omitempty"`
	Extra map[string]int `dynamo:"extra,omitempty"`
}

type gureguLine struct {
	Text   string `dynamo:"text"`
	Amount int    `dynamo:"amount"`
}

// gureguTableName is made by guregu/dynamo itself.
const gureguTableName = "ddbtest-guregu"

// gureguTable opens the table through guregu/dynamo, and makes it the first
// time.
func (c *C) gureguTable() (*dynamo.DB, dynamo.Table) {
	db := dynamo.New(c.Config)
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	if !c.shared.tables[gureguTableName] {
		c.dropTable(c.ctx, gureguTableName)
		c.must(db.CreateTable(gureguTableName, gureguRow{}).OnDemand(true).Stream(dynamo.NewAndOldImagesView).
			Project("all", dynamo.AllProjection).Wait(c.ctx))
		c.shared.tables[gureguTableName] = true
	}
	return db, db.Table(gureguTableName)
}

// gureguFill puts count rows into the check's partition.
func (c *C) gureguFill(table dynamo.Table, count int) {
	for i := range count {
		c.must(table.Put(gureguRow{PK: c.name, SK: fmt.Sprintf("%03d", i), GPK: c.name + "/g", N: i}).Run(c.ctx))
	}
}

// ns lists the numbers of rows.
func ns(rows []gureguRow) string {
	var words []string
	for _, row := range rows {
		words = append(words, fmt.Sprint(row.N))
	}
	return join(words)
}

func gureguChecks(s *Suite) {
	s.check("round trip", func(c *C) {
		_, table := c.gureguTable()
		want := gureguRow{PK: c.name, SK: "1", N: 7, Tags: []string{"a", "b"}, Lines: []gureguLine{{"x", 1}, {"y", 2}}, Extra: map[string]int{"k": 1}}
		c.must(table.Put(want).Run(c.ctx))
		var got gureguRow
		c.must(table.Get("pk", c.name).Range("sk", dynamo.Equal, "1").Consistent(true).One(c.ctx, &got))
		c.same("row", fmt.Sprint(got), fmt.Sprint(want))
	})
	s.check("not found", func(c *C) {
		_, table := c.gureguTable()
		var got gureguRow
		if err := table.Get("pk", c.name).Range("sk", dynamo.Equal, "1").One(c.ctx, &got); !errors.Is(err, dynamo.ErrNotFound) {
			c.Errorf("error: got %v", err)
		}
	})
	s.check("put once", func(c *C) {
		_, table := c.gureguTable()
		put := table.Put(gureguRow{PK: c.name, SK: "1"}).If("attribute_not_exists($)", "pk")
		c.must(put.Run(c.ctx))
		if err := table.Put(gureguRow{PK: c.name, SK: "1"}).If("attribute_not_exists($)", "pk").Run(c.ctx); !dynamo.IsCondCheckFailed(err) {
			c.Errorf("error: got %v", err)
		}
	})
	s.check("update", func(c *C) {
		_, table := c.gureguTable()
		c.must(table.Put(gureguRow{PK: c.name, SK: "000", Lines: []gureguLine{{"x", 1}}}).Run(c.ctx))
		var got gureguRow
		c.must(table.Update("pk", c.name).Range("sk", "000").Add("n", 5).AddStringsToSet("tags", "x").
			Append("lines", []gureguLine{{"z", 9}}).SetIfNotExists("extra", map[string]int{"a": 1}).Remove("gpk").If("n = ?", 0).Value(c.ctx, &got))
		c.same("row", fmt.Sprint(got), fmt.Sprint(gureguRow{PK: c.name, SK: "000", N: 5, Tags: []string{"x"}, Lines: []gureguLine{{"x", 1}, {"z", 9}}, Extra: map[string]int{"a": 1}}))
	})
	s.check("delete returns the old", func(c *C) {
		_, table := c.gureguTable()
		c.gureguFill(table, 1)
		var got gureguRow
		c.must(table.Delete("pk", c.name).Range("sk", "000").OldValue(c.ctx, &got))
		c.same("sort key", got.SK, "000")
	})
	gureguQueryChecks(s)
	gureguManyChecks(s)
}

func gureguQueryChecks(s *Suite) {
	rows := []struct {
		name, want string
		query      func(table dynamo.Table, name string) *dynamo.Query
	}{
		{"query", "0 1 2 3 4 5", func(t dynamo.Table, name string) *dynamo.Query { return t.Get("pk", name) }},
		{"range", "2 3", func(t dynamo.Table, name string) *dynamo.Query {
			return t.Get("pk", name).Range("sk", dynamo.Between, "002", "003")
		}},
		{"begins with", "0 1 2 3 4 5", func(t dynamo.Table, name string) *dynamo.Query {
			return t.Get("pk", name).Range("sk", dynamo.BeginsWith, "00")
		}},
		{"descending with limit", "5 4", func(t dynamo.Table, name string) *dynamo.Query {
			return t.Get("pk", name).Order(dynamo.Descending).Limit(2)
		}},
		{"filter", "4 5", func(t dynamo.Table, name string) *dynamo.Query { return t.Get("pk", name).Filter("n > ?", 3) }},
		{"filter and limit", "4", func(t dynamo.Table, name string) *dynamo.Query { return t.Get("pk", name).Filter("n > ?", 3).Limit(1) }},
		{"project", "0 1 2 3 4 5", func(t dynamo.Table, name string) *dynamo.Query { return t.Get("pk", name).Project("n") }},
		{"filter and project", "4 5", func(t dynamo.Table, name string) *dynamo.Query {
			return t.Get("pk", name).Filter("'n' > ?", 3).Project("n", "sk")
		}},
		{"index", "0 1 2 3 4 5", func(t dynamo.Table, name string) *dynamo.Query {
			return t.Get("gpk", name+"/g").Range("pk", dynamo.Equal, name).Index("all")
		}},
		{"small pages", "0 1 2 3 4 5", func(t dynamo.Table, name string) *dynamo.Query { return t.Get("pk", name).SearchLimit(6) }},
	}
	for _, row := range rows {
		s.check(row.name, func(c *C) {
			_, table := c.gureguTable()
			c.gureguFill(table, 6)
			var got []gureguRow
			c.wantError(row.query(table, c.name).All(c.ctx, &got), "")
			want := row.want
			if row.name == "index" {
				sameSet(c, "numbers", ns(got), want)
				return
			}
			c.same("numbers", ns(got), want)
		})
	}
	s.check("count", func(c *C) {
		_, table := c.gureguTable()
		c.gureguFill(table, 6)
		count, err := table.Get("pk", c.name).Count(c.ctx)
		c.must(err)
		c.sameInt("count", count, 6)
	})
	s.check("count with filter", func(c *C) {
		_, table := c.gureguTable()
		c.gureguFill(table, 6)
		count, err := table.Get("pk", c.name).Filter("n < ?", 2).Count(c.ctx)
		c.wantError(err, "")
		c.sameInt("count", count, 2)
	})
	s.check("paging key", func(c *C) {
		_, table := c.gureguTable()
		c.gureguFill(table, 5)
		var first, rest []gureguRow
		next, err := table.Get("pk", c.name).Limit(2).AllWithLastEvaluatedKey(c.ctx, &first)
		c.must(err)
		c.must(table.Get("pk", c.name).StartFrom(next).All(c.ctx, &rest))
		c.same("pages", ns(first)+"|"+ns(rest), "0 1|2 3 4")
	})
}

func gureguManyChecks(s *Suite) {
	s.check("batches beyond the limits", func(c *C) {
		_, table := c.gureguTable()
		const rows = 230
		var puts []any
		var keys []dynamo.Keyed
		for i := range rows {
			puts = append(puts, gureguRow{PK: c.name, SK: fmt.Sprintf("%03d", i), N: i})
			keys = append(keys, dynamo.Keys{c.name, fmt.Sprintf("%03d", i)})
		}
		wrote, err := table.Batch("pk", "sk").Write().Put(puts...).Run(c.ctx)
		c.must(err)
		c.sameInt("wrote", wrote, rows)
		var got []gureguRow
		c.must(table.Batch("pk", "sk").Get(keys...).Consistent(true).All(c.ctx, &got))
		c.sameInt("read", len(got), rows)
		_, err = table.Batch("pk", "sk").Write().Delete(keys...).Run(c.ctx)
		c.must(err)
		left, err := table.Get("pk", c.name).Count(c.ctx)
		c.must(err)
		c.sameInt("left", left, 0)
	})
	s.check("transaction", func(c *C) {
		db, table := c.gureguTable()
		c.gureguFill(table, 3)
		write := func() error {
			return db.WriteTx().IdempotentWithToken(c.token()).
				Put(table.Put(gureguRow{PK: c.name, SK: "new", N: 100})).
				Update(table.Update("pk", c.name).Range("sk", "000").Add("n", 10)).
				Delete(table.Delete("pk", c.name).Range("sk", "001")).
				Check(table.Check("pk", c.name).Range("sk", "002").IfExists()).Run(c.ctx)
		}
		c.must(write())
		c.must(write()) // the token makes the second one a repeat
		var got []gureguRow
		c.must(table.Get("pk", c.name).Consistent(true).All(c.ctx, &got))
		c.same("numbers", ns(got), "10 2 100")
	})
	s.check("transaction refused", func(c *C) {
		db, table := c.gureguTable()
		err := db.WriteTx().Put(table.Put(gureguRow{PK: c.name, SK: "1"})).
			Check(table.Check("pk", c.name).Range("sk", "2").IfExists()).Run(c.ctx)
		c.wantError(err, cancelled)
		if !dynamo.IsCondCheckFailed(err) {
			c.Errorf("guregu/dynamo does not see a failed condition in %v", err)
		}
	})
	s.check("transactional read", func(c *C) {
		db, table := c.gureguTable()
		c.gureguFill(table, 3)
		var first, second gureguRow
		c.must(db.GetTx().GetOne(table.Get("pk", c.name).Range("sk", dynamo.Equal, "000"), &first).
			GetOne(table.Get("pk", c.name).Range("sk", dynamo.Equal, "002"), &second).Run(c.ctx))
		c.same("numbers", ns([]gureguRow{first, second}), "0 2")
	})
	s.check("parallel scan", func(c *C) {
		_, table := c.gureguTable()
		c.gureguFill(table, 20)
		var got []gureguRow
		c.must(table.Scan().Filter("pk = ?", c.name).AllParallel(c.ctx, 4, &got))
		c.sameInt("rows", len(got), 20)
	})
	s.check("capacity", func(c *C) {
		_, table := c.gureguTable()
		var used dynamo.ConsumedCapacity
		c.must(table.Put(gureguRow{PK: c.name, SK: "1", GPK: "g"}).ConsumedCapacity(&used).Run(c.ctx))
		c.same("units", fmt.Sprintf("%g %g", used.Total, used.Table), "2 1")
	})
	s.check("describe", func(c *C) {
		_, table := c.gureguTable()
		got, err := table.Describe().Run(c.ctx)
		c.must(err)
		c.same("description", fmt.Sprint(got.HashKey, got.RangeKey, got.OnDemand, got.StreamEnabled, len(got.GSI)), fmt.Sprint("pk", "sk", true, true, 1))
	})
}
