package bidi

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// serve starts a browser's end of a connection: do gets each call, and answers with
// what it writes.
func serve(t *testing.T, do func(call map[string]any, write func(string))) *Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		if r, err := http.ReadRequest(in); err != nil || r.URL.Path != "/session" {
			return
		}
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
		write := func(message string) {
			conn.Write(append([]byte{0x81, byte(len(message))}, message...)) // below 126 bytes
		}
		for {
			head := make([]byte, 2)
			if _, err := io.ReadFull(in, head); err != nil {
				return
			}
			length := int(head[1] & 0x7f)
			if length == 126 {
				length = int(read[uint16](t, in))
			}
			mask, data := make([]byte, 4), make([]byte, length)
			io.ReadFull(in, mask)
			io.ReadFull(in, data)
			for i := range data {
				data[i] ^= mask[i%4]
			}
			var call map[string]any
			if json.Unmarshal(data, &call) != nil || call["method"] == "hangUp" {
				return
			}
			do(call, write)
		}
	}()
	c, err := Dial(t.Context(), l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// A connection gives each call its own answer, in whatever order they come, events to
// who listens, and an error to all once the browser is gone.
func TestConn(t *testing.T) {
	var waiting []float64
	c := serve(t, func(call map[string]any, write func(string)) {
		switch call["method"] {
		case "double": // the answers come in the other order
			id := call["id"].(float64)
			if waiting = append(waiting, id); len(waiting) == 2 {
				write(`{"type":"event","method":"unheard","params":{}}`)
				write(`{"type":"event","method":"heard","params":{"a":1}}`)
				for _, i := range []int{1, 0} {
					data, _ := json.Marshal(map[string]any{"type": "success", "id": waiting[i], "result": waiting[i] * 2})
					write(string(data))
				}
			}
		case "fail":
			data, _ := json.Marshal(map[string]any{"type": "error", "id": call["id"], "error": "no such frame", "message": "m"})
			write(string(data))
		}
	})
	events := make(chan string, 1)
	c.Listen("heard", func(params json.RawMessage) { events <- string(params) })
	results := make(chan int, 2)
	for range 2 {
		go func() {
			var got int
			if err := c.Call(t.Context(), "double", nil, &got); err != nil {
				t.Error(err)
			}
			results <- got
		}()
	}
	if sum := <-results + <-results; sum != 2+4 {
		t.Errorf("the answers to calls 1 and 2 add up to %d, want 6", sum)
	}
	if got := <-events; got != `{"a":1}` {
		t.Errorf("heard %s", got)
	}
	if err := c.Call(t.Context(), "fail", nil, nil); err == nil || !strings.Contains(err.Error(), "no such frame") {
		t.Errorf("a call that fails: error %v, want the browser's", err)
	}
	for _, method := range []string{"hangUp", "double"} {
		if err := c.Call(t.Context(), method, nil, nil); err == nil {
			t.Errorf("%s, with the browser gone: no error", method)
		}
	}
}

// Evaluate returns strings, nil for other values, and an error for an exception.
func TestEvaluate(t *testing.T) {
	c := serve(t, func(call map[string]any, write func(string)) {
		answer := call["params"].(map[string]any)["expression"].(string)
		data, _ := json.Marshal(map[string]any{"type": "success", "id": call["id"], "result": json.RawMessage(answer)})
		write(string(data))
	})
	for _, tt := range []struct{ answer, want, err string }{
		{`{"type":"success","result":{"value":"s"}}`, "s", ""},
		{`{"type":"success","result":{"value":1}}`, "", ""},
		{`{"type":"success","result":{}}`, "", ""},
		{`{"type":"exception","exceptionDetails":{"text":"e"}}`, "", "e"},
	} {
		got, err := c.Evaluate(t.Context(), "c", tt.answer, true)
		if (err != nil) != (tt.err != "") || err != nil && err.Error() != tt.err || (got != nil) != (tt.want != "") || got != nil && *got != tt.want {
			t.Errorf("%s: got %v, %v, want %q, error %q", tt.answer, got, err, tt.want, tt.err)
		}
	}
}

func TestDialErrors(t *testing.T) {
	if _, err := Dial(t.Context(), "127.0.0.1:1"); err == nil {
		t.Error("Dial where nothing listens: no error")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go http.Serve(l, http.NotFoundHandler())
	if _, err := Dial(t.Context(), l.Addr().String()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("Dial to a server without WebSockets: error %v, want its status", err)
	}
}
