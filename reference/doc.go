// Package reference is a registry that serves the published message pattern for every interface that
// it is given: an http.Handler built by New, and a second handler for loading and watching it.
//
// It has no switch that makes it wrong. What a known-bad vendor alters, it alters from outside through
// the seams that New takes as options: the store, the codec of what leaves, the signer, the outgoing
// transport, the list of request checks and the handler itself.
package reference
