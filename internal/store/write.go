package store

import (
	"fmt"

	"github.com/guregu/dynamo/v2"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// kind is what a write does to its item.
type kind int

const (
	create kind = iota
	replace
	mutate
	remove
	discard
	advance
	restore
)

// Write is one item's change in an act.
type Write struct {
	key     Key
	kind    kind
	item    Item
	raw     dynamo.Item // of a restore
	was     int         // version that a replace or remove expects
	edits   []Edit
	cond    string
	condArg []any
	from    int64 // counter's value before an advance
	by      int64
	and     string // further condition of a replace
	andArgs []any
	refusal error // what a failed condition means; op.ErrConflict asks to load and decide again
}

// Target names the item.
func (w *Write) Target() string { return w.key.target() }

// Under has the write's refusal point at what is under a pointer.
func (w *Write) Under(pointer string) { w.refusal = fault.Within(pointer, w.refusal) }

// Create puts an item that must not exist yet; taken is the refusal if it does.
func Create(table string, item Item, taken error) *Write {
	return &Write{key: keyOf(table, item), kind: create, item: item, refusal: taken}
}

// Replace puts a record over its former version; if another version stands there, the command is decided again.
func Replace(table string, item Item, was int) *Write {
	return &Write{key: keyOf(table, item), kind: replace, item: item, was: was, refusal: op.ErrConflict}
}

// Provided adds a condition to a replace: a rule that must hold in the transaction itself, so that no defect above it can
// break it. When it fails, the command is decided again, and refused by the rule that it breaks.
func (w *Write) Provided(cond string, args ...any) *Write {
	w.and, w.andArgs = cond, args
	return w
}

// Remove deletes a record at a version.
func Remove(k Key, was int) *Write {
	return &Write{key: k, kind: remove, was: was, refusal: op.ErrConflict}
}

// Discard deletes a row of a projection, which has no version, whether or not it is there.
func Discard(k Key) *Write { return &Write{key: k, kind: discard} }

// Edit is one attribute's change in a Mutate.
type Edit struct {
	verb  verb
	name  string
	value any
}

type verb int

const (
	verbSet verb = iota
	verbAdd
	verbDrop
)

// Set gives an attribute a value.
func Set(name string, value any) Edit { return Edit{verb: verbSet, name: name, value: value} }

// Add adds a number to an attribute, which counts as nought when absent, or members to a set.
func Add(name string, value any) Edit { return Edit{verb: verbAdd, name: name, value: value} }

// Drop removes an attribute.
func Drop(name string) Edit { return Edit{verb: verbDrop, name: name} }

// Mutate changes single attributes of an item, which is made when absent unless the condition forbids it. The condition
// writes attribute names as they are and values as ?; refusal is what its failure means.
func Mutate(k Key, edits []Edit, cond string, condArgs []any, refusal error) *Write {
	return &Write{key: k, kind: mutate, edits: edits, cond: cond, condArg: condArgs, refusal: refusal}
}

func (w *Write) update(t dynamo.Table) *dynamo.Update {
	u := t.Update("pk", w.key.PK.text).Range("sk", w.key.SK.text)
	for _, e := range w.edits {
		switch e.verb {
		case verbSet:
			u.Set(e.name, e.value)
		case verbAdd:
			u.Add(e.name, e.value)
		case verbDrop:
			u.Remove(e.name)
		}
	}
	if w.cond != "" {
		u.If(w.cond, w.condArg...)
	}
	return u
}

func keyOf(table string, item Item) Key {
	h := item.head()
	return Key{Table: table, PK: Partition{h.PK}, SK: Sort{h.SK}}
}

// add puts the write into a transaction.
func (w *Write) add(d *DB, tx *dynamo.WriteTx, marshalled dynamo.Item) {
	t := d.table(w.key.Table)
	pk, sk := w.key.PK.text, w.key.SK.text
	switch w.kind {
	case create:
		tx.Put(t.Put(marshalled).If("attribute_not_exists(pk)"))
	case replace:
		put := t.Put(marshalled).If("v = ?", w.was)
		if w.and != "" {
			put.If(w.and, w.andArgs...)
		}
		tx.Put(put)
	case remove:
		tx.Delete(t.Delete("pk", pk).Range("sk", sk).If("v = ?", w.was))
	case discard:
		tx.Delete(t.Delete("pk", pk).Range("sk", sk))
	case advance:
		u := t.Update("pk", pk).Range("sk", sk).Set("n", w.from+w.by)
		if w.from == 0 {
			u.If("attribute_not_exists(n)")
		} else {
			u.If("n = ?", w.from)
		}
		tx.Update(u)
	case mutate:
		tx.Update(w.update(t))
	case restore:
		tx.Put(t.Put(w.raw).If(w.cond, w.condArg...))
	default:
		panic(fmt.Sprintf("store: write of kind %d", w.kind))
	}
}
