package bidi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// A Conn is a connection to a browser in WebDriver BiDi: JSON messages on a WebSocket.
// It is safe for concurrent use.
type Conn struct {
	socket *socket

	mu    sync.Mutex
	last  int                   // id of the last call
	calls map[int]chan<- answer // those not yet answered, by id
	heard map[string]func(json.RawMessage)
	err   error // why the connection ended; nil while it lives
}

// An answer is to a call; or it is an event, which has a method.
type answer struct {
	ID      *int            `json:"id"`
	Type    string          `json:"type"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

// Dial connects to the browser that listens at addr.
func Dial(ctx context.Context, addr string) (*Conn, error) {
	s, err := dial(ctx, addr, "/session")
	if err != nil {
		return nil, err
	}
	c := &Conn{socket: s, calls: map[int]chan<- answer{}, heard: map[string]func(json.RawMessage){}}
	go c.read()
	return c, nil
}

// Close ends the connection. Calls that wait fail.
func (c *Conn) Close() { c.socket.close() }

func (c *Conn) read() {
	for {
		data, err := c.socket.read()
		var a answer
		if err == nil {
			err = json.Unmarshal(data, &a)
		}
		c.mu.Lock()
		if err != nil {
			c.err = fmt.Errorf("the browser is gone: %w", err)
			for _, waiting := range c.calls {
				close(waiting)
			}
			c.calls = nil
			c.mu.Unlock()
			return
		}
		var waiting chan<- answer
		if a.ID != nil {
			waiting = c.calls[*a.ID]
			delete(c.calls, *a.ID)
		}
		hear := c.heard[a.Method]
		c.mu.Unlock()
		switch {
		case waiting != nil:
			waiting <- a
		case a.Type == "event" && hear != nil:
			hear(a.Params)
		}
	}
}

// Listen has hear called with the parameters of each event of that name, in order. It
// must not block. The session must be subscribed to the event.
func (c *Conn) Listen(event string, hear func(params json.RawMessage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard[event] = hear
}

// Call calls a method and, if result is not nil, decodes its answer into it.
func (c *Conn) Call(ctx context.Context, method string, params, result any) error {
	if params == nil {
		params = struct{}{}
	}
	waiting := make(chan answer, 1)
	if err := c.send(method, params, waiting); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	case a, ok := <-waiting:
		switch {
		case !ok:
			c.mu.Lock()
			defer c.mu.Unlock()
			return fmt.Errorf("%s: %w", method, c.err)
		case a.Type == "error":
			return fmt.Errorf("%s: %s: %s", method, a.Error, a.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(a.Result, result)
	}
}

// send gives a call an id, notes who waits for its answer, and writes it.
func (c *Conn) send(method string, params any, waiting chan<- answer) error {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return c.err
	}
	c.last++
	id := c.last
	c.calls[id] = waiting
	c.mu.Unlock()
	data, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err == nil {
		err = c.socket.write(data)
	}
	if err != nil {
		c.mu.Lock()
		delete(c.calls, id)
		c.mu.Unlock()
	}
	return err
}

// Evaluate evaluates JavaScript in a browsing context, awaits it if it is a promise, and
// returns its value, nil if that is no string. With user set, it counts as the user's
// doing.
func (c *Conn) Evaluate(ctx context.Context, where, js string, user bool) (*string, error) {
	var answer struct {
		Type             string
		Result           struct{ Value any }
		ExceptionDetails struct{ Text string }
	}
	if err := c.Call(ctx, "script.evaluate", map[string]any{
		"expression": js, "target": map[string]any{"context": where}, "awaitPromise": true, "userActivation": user,
	}, &answer); err != nil {
		return nil, err
	}
	if answer.Type == "exception" {
		return nil, errors.New(answer.ExceptionDetails.Text)
	}
	if s, ok := answer.Result.Value.(string); ok {
		return &s, nil
	}
	return nil, nil
}
