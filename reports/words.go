package reports

import (
	"embed"
	"fmt"

	"go.yaml.in/yaml/v3"
)

//go:embed page
var pageFiles embed.FS

// english are the words of the HTML pages, in the one place where they can be translated.
var english = mustWords("page/strings.en.yaml")

func mustWords(name string) map[string]string {
	raw, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	table := map[string]string{}
	if err := yaml.Unmarshal(raw, &table); err != nil {
		panic(err)
	}
	return table
}

// words are the text under a key with its values put in. A key that is not there shows as itself.
func words(key string, values ...any) string {
	text, ok := english[key]
	if !ok {
		return key
	}
	if len(values) == 0 {
		return text
	}
	return fmt.Sprintf(text, values...)
}
