package exchange

import (
	"fmt"
	"strings"
)

// Curl is a command line that repeats the exchange, run in the results folder. The body comes from
// requests/<id>.body there and a token from token.txt, so that no secret is in the line.
func Curl(exchange *Exchange) string {
	if exchange == nil || exchange.Inbound {
		return ""
	}
	line := []string{"curl", "-sS", "-i", "-X", exchange.Request.Method}
	for _, name := range []string{"Content-Type", "Accept"} {
		if value := exchange.Request.Header.Get(name); value != "" {
			line = append(line, "-H", quote(name+": "+value))
		}
	}
	if exchange.Request.Header.Get("Authorization") != "" {
		line = append(line, "-H", `"Authorization: Bearer $(cat token.txt)"`)
	}
	if len(exchange.Request.Body) > 0 {
		line = append(line, "--data-binary", fmt.Sprintf("@requests/%s.body", exchange.ID))
	}
	return strings.Join(append(line, quote(exchange.Request.URL)), " ")
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
