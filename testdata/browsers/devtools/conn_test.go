package devtools

import (
	"bufio"
	"encoding/json"
	"io"
	"testing"
)

// A connection gives each call its own answer, in whatever order they come,
// events to who listens, and an error to all once the browser is gone.
func TestDevtools(t *testing.T) {
	calls, w := io.Pipe()
	r, answers := io.Pipe()
	d := NewConn(w, r)
	events := make(chan Message, 1)
	d.Listen("s", func(m Message) { events <- m })

	results := make(chan int, 2)
	for i := range 2 {
		go func() {
			var got int
			if err := d.Call(t.Context(), "s", "Double", i+1, &got); err != nil {
				t.Error(err)
			}
			results <- got - 2*(i+1)
		}()
	}
	in := bufio.NewReader(calls)
	var received []Message
	for range 2 {
		data, err := in.ReadBytes(0)
		if err != nil {
			t.Fatal(err)
		}
		var m Message
		if err := json.Unmarshal(data[:len(data)-1], &m); err != nil || m.Method != "Double" || m.Session != "s" {
			t.Fatalf("received %s: %v", data, err)
		}
		received = append(received, m)
	}
	write := func(m Message) {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		answers.Write(append(data, 0))
	}
	write(Message{Session: "other", Method: "Unheard"})
	write(Message{Session: "s", Method: "Heard"})
	for _, i := range []int{1, 0} {
		var n int
		if err := json.Unmarshal(received[i].Params, &n); err != nil {
			t.Fatal(err)
		}
		result, _ := json.Marshal(2 * n)
		write(Message{ID: received[i].ID, Session: "s", Result: result})
	}
	for range 2 {
		if off := <-results; off != 0 {
			t.Errorf("an answer is off by %d", off)
		}
	}
	if m := <-events; m.Method != "Heard" {
		t.Errorf("heard %q", m.Method)
	}

	gone := make(chan error)
	go func() { gone <- d.Call(t.Context(), "", "Anything", nil, nil) }()
	if _, err := in.ReadBytes(0); err != nil {
		t.Fatal(err)
	}
	answers.Close()
	if err := <-gone; err == nil {
		t.Error("a call outlives the connection")
	}
	if err := d.Call(t.Context(), "", "Anything", nil, nil); err == nil {
		t.Error("a call after the connection ended: no error")
	}
}
