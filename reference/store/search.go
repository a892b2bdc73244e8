package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spconform/spconform/reference/query"
)

// Search implements Records.
func (s session) Search(ctx context.Context, q query.Query) (Found, error) {
	var found Found
	err := s.steadily(ctx, func(s session) error {
		c := compiler{s, ctx, q, nil}
		where, err := c.condition(q.Where)
		if err != nil {
			return err
		}
		if !scoped(q.Where) {
			where = `r.interface = ? AND r.record_type = ? AND (` + where + `)`
			c.args = append([]any{q.Interface, q.Record.Name}, c.args...)
		}
		limit, offset := bounds(q.Page)
		ids, err := c.page(where, limit, offset)
		if err != nil {
			return err
		}
		found.Total = offset + len(ids)
		if len(ids) == limit || (len(ids) == 0 && offset > 0) {
			if _, err := s.one(ctx, `SELECT COUNT(*) FROM records r WHERE `+where, c.args, &found.Total); err != nil {
				return err
			}
		}
		found.Records, err = s.dataOf(ctx, ids)
		return err
	})
	return found, err
}

func bounds(page *query.Page) (limit, offset int) {
	if page == nil {
		return query.MaxPageSize, 0
	}
	if page.Number-1 > math.MaxInt/page.Size {
		return page.Size, math.MaxInt
	}
	return page.Size, (page.Number - 1) * page.Size
}

// dataOf reads records in the order of their ids given.
func (s session) dataOf(ctx context.Context, ids []any) ([]json.RawMessage, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	byID := make(map[any]json.RawMessage, len(ids))
	err := s.each(ctx, s.read, `SELECT id, data FROM records WHERE id IN (`+marks(len(ids))+`)`, ids, func(row *sql.Rows) error {
		var id int64
		var data []byte
		err := row.Scan(&id, &data)
		byID[id] = data
		return err
	})
	records := make([]json.RawMessage, len(ids))
	for i, id := range ids {
		records[i] = byID[id]
	}
	return records, err
}

// compiler writes a query as SQL over records r. Nothing of the query becomes SQL text: names become
// attribute numbers, and values bound parameters.
type compiler struct {
	session
	ctx  context.Context
	q    query.Query
	args []any
}

// page lists the ids of one page, in order.
func (c *compiler) page(where string, limit, offset int) ([]any, error) {
	var keys, order strings.Builder
	var args []any
	for i, sort := range c.q.Sort {
		attributes, err := c.attributes(sort.Path, sort.Spellings, sort.Kind)
		if err != nil {
			return nil, err
		}
		if len(attributes) == 0 {
			continue
		}
		fmt.Fprintf(&keys, `, (SELECT v.value FROM attribute_values v WHERE v.record_id = r.id AND v.attribute_id IN (%s)
			ORDER BY v.value LIMIT 1) AS key%d`, marks(len(attributes)), i)
		args = append(args, attributes...)
		direction := "ASC"
		if sort.Descending {
			direction = "DESC"
		}
		fmt.Fprintf(&order, "key%d %s NULLS LAST, ", i, direction)
	}
	args = append(append(args, c.args...), limit, offset)
	var ids []any
	err := c.each(c.ctx, c.read, `SELECT id FROM (SELECT r.id AS id`+keys.String()+` FROM records r WHERE `+where+`) AS matching
		ORDER BY `+order.String()+`id LIMIT `+bound+` OFFSET `+bound, args, func(row *sql.Rows) error {
		var id int64
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// nothing and everything are conditions without a table.
const (
	nothing    = "1 = 0"
	everything = "1 = 1"
)

func (c *compiler) condition(node query.Node) (string, error) {
	switch node := node.(type) {
	case nil:
		return everything, nil
	case query.And:
		return c.joined(node, " AND ")
	case query.Or:
		return c.joined(node, " OR ")
	case query.Not:
		of, err := c.condition(node.Of)
		return "NOT (" + of + ")", err
	case query.Compare:
		attributes, err := c.attributes(node.Path, node.Spellings, node.Kind)
		if err != nil {
			return "", err
		}
		return c.exists(attributes, node.Op, node.Values)
	case query.HasIdentifier:
		attributes, err := c.attributes(node.Attribute, nil, identifierKind)
		if err != nil {
			return "", err
		}
		return c.existsKey(attributes, `= ?`, encodeIdentifier(node.Type, node.Value))
	case query.Consented:
		return c.consented(node)
	}
	return "", fmt.Errorf("store: no SQL for a condition of type %T", node)
}

// scoped says whether a condition can only be met by records of the query's type, since the attributes
// that it looks into are numbered by type. Then nothing draws the database to the index of all records.
func scoped(node query.Node) bool {
	switch node := node.(type) {
	case query.And:
		return slices.ContainsFunc(node, scoped)
	case query.Or:
		return !slices.ContainsFunc(node, func(part query.Node) bool { return !scoped(part) })
	case query.Compare, query.HasIdentifier, query.Consented:
		return true
	}
	return false
}

func (c *compiler) joined(nodes []query.Node, with string) (string, error) {
	if len(nodes) == 0 {
		return nothing, nil
	}
	parts := make([]string, len(nodes))
	for i, node := range nodes {
		part, err := c.condition(node)
		if err != nil {
			return "", err
		}
		parts[i] = "(" + part + ")"
	}
	return strings.Join(parts, with), nil
}

var comparisons = map[query.Op]string{
	query.Eq: "= ?", query.Lt: "< ?", query.Le: "<= ?", query.Gt: "> ?", query.Ge: ">= ?",
}

func (c *compiler) exists(attributes []any, op query.Op, values []any) (string, error) {
	keys := make([]any, len(values))
	for i, value := range values {
		keys[i] = encode(value)
	}
	if op == query.In {
		return c.existsKey(attributes, "IN ("+marks(len(keys))+")", keys...)
	}
	comparison, ok := comparisons[op]
	if !ok || len(keys) != 1 {
		return "", fmt.Errorf("store: no SQL for the operator of a comparison")
	}
	return c.existsKey(attributes, comparison, keys...)
}

func (c *compiler) existsKey(attributes []any, comparison string, keys ...any) (string, error) {
	if len(attributes) == 0 || len(keys) == 0 {
		return nothing, nil
	}
	c.args = append(append(c.args, attributes...), keys...)
	return `r.id IN (SELECT v.record_id FROM attribute_values v
		WHERE v.attribute_id IN (` + marks(len(attributes)) + `) AND v.value ` + comparison + `)`, nil
}

// attributes are the numbers under which the store knows a path; none where no record has it.
func (c *compiler) attributes(path string, spellings []string, kind query.Kind) ([]any, error) {
	if len(spellings) == 0 {
		spellings = []string{path}
	}
	var ids []any
	for _, spelling := range spellings {
		wanted := attribute{c.q.Interface, c.q.Record.Name, spelling, kind}
		id, ok := c.fresh[wanted]
		if !ok {
			id, ok = c.known.find(wanted)
		}
		if !ok {
			var err error
			ok, err = c.one(c.ctx, `SELECT id FROM attributes WHERE interface = ? AND record_type = ? AND path = ? AND kind = ?`,
				[]any{wanted.iface, wanted.recordType, []byte(wanted.path), string(wanted.kind)}, &id)
			if err != nil {
				return nil, err
			}
		}
		if ok {
			c.fresh[wanted] = id
			ids = append(ids, id)
		}
	}
	return ids, nil
}
