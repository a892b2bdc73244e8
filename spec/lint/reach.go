package lint

// reached are the places that a message can take a part of its form from: those under the operations and
// all that they refer to, examples included, since published documents write schemas there.
func (s *set) reached() map[*node]bool {
	if s.reachable != nil {
		return s.reachable
	}
	s.reachable = map[*node]bool{}
	var follow func(n *node)
	follow = func(n *node) {
		n.walk(func(at *node) {
			s.reachable[at] = true
			if to, _ := s.target(at, at.ref()); at.ref() != "" && to != nil && !s.reachable[to] {
				follow(to)
			}
		})
	}
	for _, doc := range s.documents {
		if doc.root == nil {
			continue
		}
		for _, section := range []string{"paths", "webhooks"} {
			follow(doc.root.get(section))
		}
		// A document without operations is one of parts: others refer to them all.
		if paths := doc.root.get("paths"); paths == nil || len(paths.keys) == 0 {
			follow(doc.root.get("components"))
		}
	}
	return s.reachable
}
