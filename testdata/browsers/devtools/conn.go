package devtools

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// A Conn is a connection to a browser in the DevTools protocol: JSON
// messages, each ended by a zero byte, on a pair of pipes. It is safe for concurrent
// use.
type Conn struct {
	w io.Writer

	mu       sync.Mutex
	last     int                      // id of the last call
	calls    map[int]chan<- Message   // those not yet answered, by id
	sessions map[string]func(Message) // who hears a session's events
	err      error                    // why the connection ended; nil while it lives
}

// A Message is a call, its answer, or an event.
type Message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// NewConn returns a connection that writes to w and reads from r.
func NewConn(w io.Writer, r io.Reader) *Conn {
	c := &Conn{w: w, calls: map[int]chan<- Message{}, sessions: map[string]func(Message){}}
	go c.read(r)
	return c
}

func (c *Conn) read(r io.Reader) {
	in := bufio.NewReader(r)
	for {
		data, err := in.ReadBytes(0)
		var m Message
		if err == nil {
			err = json.Unmarshal(data[:len(data)-1], &m)
		}
		c.mu.Lock()
		if err != nil {
			c.err = fmt.Errorf("the browser is gone: %w", err)
			for _, answer := range c.calls {
				close(answer)
			}
			c.calls = nil
			c.mu.Unlock()
			return
		}
		answer, hear := c.calls[m.ID], c.sessions[m.Session]
		delete(c.calls, m.ID)
		c.mu.Unlock()
		switch {
		case answer != nil:
			answer <- m
		case m.ID == 0 && hear != nil:
			hear(m)
		}
	}
}

// Listen has hear called with each event of a session, in order. It must not
// block.
func (c *Conn) Listen(session string, hear func(Message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions[session] = hear
}

// Call calls a method on a session (empty: the browser itself) and, if result
// is not nil, decodes its answer into it.
func (c *Conn) Call(ctx context.Context, session, method string, params, result any) error {
	data, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	answer := make(chan Message, 1)
	if err := c.send(Message{Session: session, Method: method, Params: data}, answer); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: %w", method, c.err)
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(m.Result, result)
	}
}

// send gives m an id, notes who waits for its answer, and writes it.
func (c *Conn) send(m Message, answer chan<- Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	c.last++
	m.ID = c.last
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	c.calls[m.ID] = answer
	_, err = c.w.Write(append(data, 0))
	return err
}
