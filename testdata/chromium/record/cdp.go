package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// A devtools is a connection to a browser in the DevTools protocol: JSON
// messages, each ended by a zero byte, on a pair of pipes.
type devtools struct {
	w io.Writer

	mu       sync.Mutex
	last     int                      // id of the last call
	calls    map[int]chan<- message   // those not yet answered, by id
	sessions map[string]func(message) // who hears a session's events
	err      error                    // why the connection ended; nil while it lives
}

// A message is a call, its answer, or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// newDevtools returns a connection that writes to w and reads from r.
func newDevtools(w io.Writer, r io.Reader) *devtools {
	d := &devtools{w: w, calls: map[int]chan<- message{}, sessions: map[string]func(message){}}
	go d.read(r)
	return d
}

func (d *devtools) read(r io.Reader) {
	in := bufio.NewReader(r)
	for {
		data, err := in.ReadBytes(0)
		var m message
		if err == nil {
			err = json.Unmarshal(data[:len(data)-1], &m)
		}
		d.mu.Lock()
		if err != nil {
			d.err = fmt.Errorf("the browser is gone: %w", err)
			for _, c := range d.calls {
				close(c)
			}
			d.calls = nil
			d.mu.Unlock()
			return
		}
		answer, hear := d.calls[m.ID], d.sessions[m.Session]
		delete(d.calls, m.ID)
		d.mu.Unlock()
		switch {
		case answer != nil:
			answer <- m
		case m.ID == 0 && hear != nil:
			hear(m)
		}
	}
}

// listen has hear called with each event of a session, in order. It must not
// block.
func (d *devtools) listen(session string, hear func(message)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sessions[session] = hear
}

// call calls a method on a session (empty: the browser itself) and, if result
// is not nil, decodes its answer into it.
func (d *devtools) call(ctx context.Context, session, method string, params, result any) error {
	data, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	answer := make(chan message, 1)
	if err := d.send(message{Session: session, Method: method, Params: data}, answer); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: %w", method, d.err)
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(m.Result, result)
	}
}

// send gives m an id, notes who waits for its answer, and writes it.
func (d *devtools) send(m message, answer chan<- message) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return d.err
	}
	d.last++
	m.ID = d.last
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	d.calls[m.ID] = answer
	_, err = d.w.Write(append(data, 0))
	return err
}
