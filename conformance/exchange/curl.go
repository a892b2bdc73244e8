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
	request, _ := exchange.Wire()
	line := []string{"curl", "-sS", "-i", "-X", request.Method}
	for _, name := range []string{"Content-Type", "Accept"} {
		if value := request.Header.Get(name); value != "" {
			line = append(line, "-H", quote(name+": "+value))
		}
	}
	if request.Header.Get("Authorization") != "" {
		line = append(line, "-H", `"Authorization: Bearer $(cat token.txt)"`)
	}
	if len(request.Body) > 0 {
		line = append(line, "--data-binary", fmt.Sprintf("@requests/%s.body", exchange.ID))
	}
	return strings.Join(append(line, quote(request.URL)), " ")
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
