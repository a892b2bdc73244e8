package export

import (
	_ "embed"
	htmltemplate "html/template"
	"io"
	"strings"
	texttemplate "text/template"

	"github.com/spconform/spconform/datadictionary"
)

//go:embed dictionary.md.tmpl
var markdownText string

//go:embed dictionary.html.tmpl
var htmlText string

var functions = map[string]any{
	"reference": reference,
	"spellings": spellings,
	"anchor":    func(kind, name string) string { return kind + "-" + strings.ToLower(name) },
	// cell keeps a text inside one cell of a Markdown table.
	"cell": func(text string) string {
		return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
	},
}

var (
	markdownTemplate = texttemplate.Must(texttemplate.New("markdown").Funcs(functions).Parse(markdownText))
	htmlTemplate     = htmltemplate.Must(htmltemplate.New("html").Funcs(functions).Parse(htmlText))
)

func writeMarkdown(w io.Writer, d *datadictionary.Dictionary) error {
	return markdownTemplate.Execute(w, d)
}

func writeHTML(w io.Writer, d *datadictionary.Dictionary) error {
	return htmlTemplate.Execute(w, d)
}
