package exchange

// Translator stands between the strict form, in which scenarios and checks speak, and the wire. Each
// method says which dialects changed something.
type Translator interface {
	// Name names the dialects.
	Name() string
	// Ask is a request as it goes out.
	Ask(Outgoing) (Outgoing, []string)
	// Hear is what the target sent, an answer or a callback, in the strict form.
	Hear(Message) (Message, []string)
	// HearContent is a message that was encrypted, in the strict form.
	HearContent(message []byte) ([]byte, []string)
}

// Wire is the exchange as it was on the wire.
func (e *Exchange) Wire() (request, response Message) {
	request, response = e.Request, e.Response
	if e.asked != nil {
		request = *e.asked
	}
	if e.told != nil {
		response = *e.told
	}
	return request, response
}

// OnWire sets what was on the wire, where Request and Response are in the strict form.
func (e *Exchange) OnWire(request, response Message) { e.asked, e.told = &request, &response }

// ask turns what the runner sends into what goes out.
func (e *Exchange) ask(translator Translator, strict Outgoing) Outgoing {
	out, by := translator.Ask(strict)
	e.Dialect, e.Altered = translator.Name(), by
	e.asked = &Message{Method: out.Method, URL: out.URL, Header: out.Header.Clone(), Body: out.Body, Size: int64(len(out.Body))}
	return out
}

// hear turns what the target sent, one side of the exchange, into the strict form.
func (e *Exchange) hear(translator Translator, side *Message) *Message {
	raw := *side
	strict, by := translator.Hear(raw)
	*side, e.Dialect = strict, translator.Name()
	e.Altered = append(e.Altered, by...)
	if e.Opened != nil && e.Opened.Message != nil {
		opened := *e.Opened
		opened.Message, by = translator.HearContent(opened.Message)
		e.Opened, e.Altered = &opened, append(e.Altered, by...)
	}
	return &raw
}
