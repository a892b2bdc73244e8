package reference

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// within says whether uri lies under one of the prefixes: same scheme, host and port, and a path that
// continues the prefix at a segment boundary. Userinfo, fragments and path tricks are never within.
func within(uri string, prefixes []string) bool {
	target, ok := callbackURL(uri)
	return ok && slices.ContainsFunc(prefixes, func(text string) bool {
		prefix, ok := callbackURL(text)
		if !ok || prefix.Scheme != target.Scheme || hostPort(prefix) != hostPort(target) {
			return false
		}
		base := strings.TrimSuffix(prefix.Path, "/")
		return target.Path == base || strings.HasPrefix(target.Path, base+"/")
	})
}

// callbackURL parses an absolute http or https URL whose path means what it says.
func callbackURL(text string) (*url.URL, bool) {
	parsed, err := url.Parse(text)
	if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Hostname() == "" ||
		parsed.User != nil || parsed.Fragment != "" || parsed.Opaque != "" {
		return nil, false
	}
	escaped := strings.ToLower(parsed.EscapedPath())
	if strings.Contains(escaped, "%2f") || strings.ContainsAny(parsed.Path, `\`) {
		return nil, false
	}
	clean := strings.TrimSuffix(parsed.Path, "/")
	if clean != "" && clean != path.Clean(clean) {
		return nil, false
	}
	return parsed, true
}

func hostPort(of *url.URL) string {
	port := of.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[of.Scheme]
	}
	return strings.ToLower(of.Hostname()) + ":" + port
}
