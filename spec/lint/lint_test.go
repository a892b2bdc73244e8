package lint_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/spconform/spconform/datadictionary"
	"github.com/spconform/spconform/spec/lint"
)

func dictionary(t testing.TB) *datadictionary.Dictionary {
	t.Helper()
	loaded, err := datadictionary.Load()
	require.NoError(t, err)
	return loaded
}

func sources(t testing.TB, pattern string) []lint.Source {
	t.Helper()
	names, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var read []lint.Source
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		read = append(read, lint.Source{Name: filepath.Base(name), Data: data})
	}
	return read
}

func TestOwnDocumentsAreClean(t *testing.T) {
	assert.Empty(t, lint.Documents(sources(t, "../openapi/*.yaml"), nil, dictionary(t)))
}

func TestFixtureIsClean(t *testing.T) {
	assert.Empty(t, lint.Documents(sources(t, "testdata/*.yaml"), nil, dictionary(t)))
}

// TestSeededDefects seeds one defect at a time into the clean documents: the rule for it finds it at the
// line, and no other rule finds anything, but those that `with` names and that cannot but follow.
func TestSeededDefects(t *testing.T) {
	const registry, members = "registry.yaml", "members.yaml"
	cases := map[string]struct {
		file     string
		old, new string
		rule     string
		with     []string
	}{
		"syntax":                       {members, "openapi: 3.1.0", "openapi: 3.1.0\n  info: [", "document-unreadable", nil},
		"not UTF-8":                    {members, "title: Another", "title: \xff", "document-unreadable", nil},
		"no object":                    {members, "", "- a\n", "document-unreadable", nil},
		"duplicate key":                {members, "      operationId: members", "      operationId: members\n      operationId: m2", "duplicate-key", []string{"document-refused"}},
		"no version":                   {registry, "  version: 1.0.0\n", "", "document-incomplete", []string{"document-refused"}},
		"no description":               {registry, "description: Taken in.", "x-note: none", "document-incomplete", []string{"document-refused"}},
		"slip of the indentation":      {registry, "      security: []", "    operationid: token", "member-unknown", []string{"document-refused", "security-missing"}},
		"loader":                       {members, "  /registry/members:", "  /registry/members/{id}:", "document-refused", nil},
		"broken reference":             {registry, "schema: {$ref: '#/components/schemas/Ack'}", "schema: {$ref: '#/components/schemas/Akc'}", "reference-broken", []string{"document-refused"}},
		"broken reference to a file":   {members, "registry.yaml#/", "register.yaml#/", "reference-broken", []string{"document-refused"}},
		"reference to an example":      {registry, "{$ref: '#/components/schemas/ByExpression'}", "{$ref: '#/components/schemas/SearchResponse/example'}", "reference-misplaced", []string{"document-refused"}},
		"schema as response":           {registry, "'401': {$ref: '#/components/responses/Refused'}", "'401': {$ref: '#/components/schemas/Ack'}", "response-is-schema", []string{"document-refused"}},
		"reference by position":        {registry, "{$ref: '#/components/schemas/ByIdentifier'}", "{$ref: '#/paths/~1registry~1search/post/requestBody/content/application~1json/schema/properties/header/allOf/1'}", "reference-inside", []string{"oneof-overlap"}},
		"array without items":          {registry, "errors: {type: array, items: {type: object, properties: {code: {type: string}}}}", "errors: {type: array}", "schema-invalid", []string{"document-refused"}},
		"unknown type":                 {members, "birth_date: {type: string", "birth_date: {type: text", "schema-invalid", []string{"document-refused"}},
		"no pattern":                   {members, "sex: {type: string", "sex: {type: string, pattern: '['", "schema-invalid", nil},
		"keyword of 3.1 in 3.0":        {registry, "enum: [identifier]", "const: identifier", "keyword-version", []string{"document-refused"}},
		"nullable in 3.1":              {members, "sex: {type: string", "sex: {type: string, nullable: true", "keyword-version", nil},
		"keyword of another type":      {registry, "template: {type: object}", "template: {type: object, minLength: 1}", "keyword-ignored", nil},
		"keyword beside a reference":   {registry, "status_reason_code: {$ref", "status_reason_code: {maxLength: 9, $ref", "keyword-ignored", nil},
		"integer format of a number":   {registry, "total_count: {type: integer, minimum: 0", "total_count: {type: number, format: int32, minimum: 0", "keyword-ignored", nil},
		"items without type":           {registry, "errors: {type: array, items", "errors: {items", "keyword-ignored", nil},
		"misspelt required":            {registry, "required: [transaction_id, search_request]", "required: [transaction_id, serach_request]", "required-unknown", nil},
		"overlapping alternatives":     {registry, "[expression]}\n        template: {type: object}\n      required: [kind, template]", "[expression, identifier]}\n        template: {type: object}\n      required: [kind]", "oneof-overlap", nil},
		"alternatives not told apart":  {registry, "kind: {type: string, enum: [expression]}", "kind: {type: string}", "oneof-undiscriminated", nil},
		"number for a string":          {registry, "example: '0123'", "example: 0123", "example-invalid", nil},
		"no date-time":                 {registry, "example: 2024-01-31T10:00:00Z", "example: 2024-02-31T10:00:00Z", "example-invalid", nil},
		"incomplete example":           {registry, "          - reference_id: r1", "          - status_reason_code: rjct.query.invalid", "example-invalid", nil},
		"default of another type":      {registry, "total_count: {type: integer,", "total_count: {type: integer, default: none,", "example-invalid", nil},
		"schema as example":            {registry, "        transaction_id: t1\n", "        transaction_id: {type: string, description: an id}\n", "example-is-schema", nil},
		"reference as example":         {registry, "example: '123'", "example: {$ref: '#/components/schemas/Header'}", "example-is-schema", nil},
		"code in no enum":              {registry, "value: {type: string}", "value: {type: string, example: 'ns:org:QueryType:NoSql'}", "code-unlisted", nil},
		"code of another form":         {registry, "rjct.query.invalid]", "rjct_query.not_known]", "code-form", nil},
		"placeholder":                  {registry, "[ACK, NACK, ERR]", "[ACK, NACK, ERR, <etc>]", "code-form", nil},
		"array here, object there":     {members, "search_request: {type: array, items: {type: object}}", "search_request: {type: object}", "shape-conflict", nil},
		"misspelt property":            {members, "search_request: {type", "serach_request: {type", "name-near-miss", nil},
		"misspelt code":                {members, "transaction_id: {type: string}\n        search", "action: {type: string, enum: [on-serach]}\n        transaction_id: {type: string}\n        search", "code-near-miss", nil},
		"no security":                  {registry, "      security:\n        - Authorization: []\n  /oauth2", "  /oauth2", "security-missing", nil},
		"undefined security":           {registry, "      security: []", "      security:\n        - ApiKey: []", "security-undefined", []string{"document-refused", "security-circular"}},
		"token for a token":            {registry, "      security: []", "      security:\n        - Authorization: []", "security-circular", nil},
		"action of another path":       {registry, "{action: {enum: [on-search]}}}]}\n                message", "{action: {enum: [search]}}}]}\n                message", "action-mismatch", nil},
		"callback without ids":         {registry, "message: {$ref: '#/components/schemas/SearchResponse'}", "message: {$ref: '#/components/schemas/NameRecord'}", "callback-uncorrelated", nil},
		"callback without correlation": {registry, "        correlation_id: {type: string}\n        search_response", "        search_response", "callback-uncorrelated", []string{"required-unknown"}},
		"answer asks for an id":        {members, "        transaction_id: {type: string}\n        search_request", "        search_request", "answer-uncorrelated", []string{"required-unknown"}},
		"misspelt attribute":           {registry, "        surname: {type: string}", "        sur_name: {type: string}", "dictionary-attribute", nil},
		"misspelt attribute of record": {registry, "{surname: Abara", "{sirname: Abara", "dictionary-attribute", nil},
		"attribute left out":           {members, "        email: {type: array, items: {type: string}}\n", "", "dictionary-lacks", nil},
		"code that no list has":        {members, "sex: male", "sex: man", "dictionary-code", nil},
	}
	seeded := map[string]bool{}
	for name, c := range cases {
		seeded[c.rule] = true
		for _, rule := range c.with {
			seeded[rule] = true
		}
		t.Run(name, func(t *testing.T) {
			documents := sources(t, "testdata/*.yaml")
			at := slices.IndexFunc(documents, func(s lint.Source) bool { return s.Name == c.file })
			data := string(documents[at].Data)
			require.Contains(t, data, c.old)
			changed := strings.Replace(data, c.old, c.new, 1)
			if c.old == "" {
				changed = c.new
			}
			documents[at].Data = []byte(changed)
			findings := lint.Documents(documents, nil, dictionary(t))
			var rules []string
			for _, finding := range findings {
				rules = append(rules, finding.Rule)
				assert.NotEmpty(t, finding.Message)
				assert.NotEmpty(t, finding.Why)
				assert.NotEmpty(t, finding.Mend)
				assert.Positive(t, finding.Line)
				if finding.Rule == c.rule {
					assert.Equal(t, c.file, finding.Document)
				}
			}
			slices.Sort(rules)
			want := append([]string{c.rule}, c.with...)
			slices.Sort(want)
			assert.Equal(t, want, slices.Compact(rules), "%+v", findings)
		})
	}
	t.Run("every rule is seeded", func(t *testing.T) {
		for _, rule := range lint.Rules() {
			assert.True(t, seeded[rule.ID], rule.ID)
		}
	})
}

func TestFindingHasItsPlace(t *testing.T) {
	const text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    A:\n      type: object\n      properties: {a: {type: string}}\n      required:\n        - b\n"
	findings := lint.Documents([]lint.Source{{Name: "a.yaml", Data: []byte(text)}}, nil, nil)
	require.Len(t, findings, 1)
	assert.Equal(t, lint.Place{Document: "a.yaml", Pointer: "/components/schemas/A/required/0", Line: 10}, findings[0].Place)
}

func TestReferredDocumentsAreNotJudged(t *testing.T) {
	documents := sources(t, "testdata/*.yaml")
	at := slices.IndexFunc(documents, func(s lint.Source) bool { return s.Name == "registry.yaml" })
	broken := lint.Source{Name: "registry.yaml", Data: bytes.Replace(documents[at].Data, []byte("required: [transaction_id, search_request]"), []byte("required: [nothing]"), 1)}
	judged := slices.DeleteFunc(documents, func(s lint.Source) bool { return s.Name == "registry.yaml" })
	assert.Empty(t, lint.Documents(judged, []lint.Source{broken}, dictionary(t)))
	assert.Equal(t, []string{"registry.yaml"}, lint.External(judged[0]))
}

func TestRuleTable(t *testing.T) {
	ids := map[string]bool{}
	for _, rule := range lint.Rules() {
		assert.False(t, ids[rule.ID], "twice: %s", rule.ID)
		ids[rule.ID] = true
		assert.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)+$`, rule.ID)
		assert.Contains(t, []lint.Severity{lint.Error, lint.Warning, lint.Note}, rule.Severity)
		assert.NotEmpty(t, rule.Finds)
		assert.NotEmpty(t, rule.Why)
		assert.NotEmpty(t, rule.Mend)
	}
}
