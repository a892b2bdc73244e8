package datadictionary

import "strings"

// references gathers the nodes that a record defines and those that it only points to
// ({"@id": "…"} with nothing else, JSON-LD node references).
type references struct {
	defined map[string]*Object
	pending []pendingReference
}

type pendingReference struct {
	at     *step
	id     string
	object *Object
}

// node notes an object with an @id. It reports whether the object is only a reference.
func (r *references) node(o *Object, members map[string]any, at *step) bool {
	id, ok := members["@id"].(string)
	if !ok {
		return false
	}
	for key := range members {
		if key != "@id" && key != "@type" {
			if r.defined == nil {
				r.defined = map[string]*Object{}
			}
			r.defined[id] = o
			return false
		}
	}
	r.pending = append(r.pending, pendingReference{at: at, id: id, object: o})
	return true
}

// check reports references that lead nowhere or to a node of another kind. A blank node lives
// in its record only; any other id may be defined elsewhere.
func (v *validation) checkReferences() {
	for _, p := range v.references.pending {
		target, ok := v.references.defined[p.id]
		switch {
		case !ok && strings.HasPrefix(p.id, "_:"):
			v.report(p.at, "reference.unresolved", "refers to a blank node that the record does not hold")
		case ok && !v.dictionary.isKind(target, p.object) && !v.dictionary.isKind(p.object, target):
			v.report(p.at, "reference.kind", "expects a reference to an object of kind "+p.object.Name)
		}
	}
}

// isKind reports whether o is the object wide or extends it.
func (d *Dictionary) isKind(o, wide *Object) bool {
	for o != nil {
		if o == wide {
			return true
		}
		o = d.objectIndex[o.Extends]
	}
	return false
}
