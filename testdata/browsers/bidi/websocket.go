package bidi

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// A socket is the client's end of a WebSocket on the loopback interface: text messages
// both ways. See RFC 6455. One goroutine may read while others write.
type socket struct {
	conn net.Conn
	in   *bufio.Reader

	mu sync.Mutex // held to write
}

// The opcodes of frames.
const (
	continuation = 0x0
	text         = 0x1
	goodbye      = 0x8
	ping         = 0x9
	pong         = 0xa
)

// maxMessage bounds what is read at once. A page's answers are far below it.
const maxMessage = 64 << 20

// dial opens a WebSocket at a path of a server.
func dial(ctx context.Context, addr, path string) (*socket, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, 16)
	rand.Read(nonce) // does not fail
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", path, addr, base64.StdEncoding.EncodeToString(nonce))
	in := bufio.NewReader(conn)
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("the handshake of a WebSocket: %w", err)
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		conn.Close()
		return nil, fmt.Errorf("the handshake of a WebSocket: the answer is %s", response.Status)
	}
	return &socket{conn: conn, in: in}, nil
}

func (s *socket) close() { s.conn.Close() }

// write sends a text message.
func (s *socket) write(message []byte) error { return s.frame(text, message) }

// frame sends a frame that is a whole message. The mask is random, as the RFC wants it:
// Firefox closes the connection at a mask of zeros.
func (s *socket) frame(opcode byte, payload []byte) error {
	const final, masked = 0x80, 0x80
	data := []byte{final | opcode}
	switch n := len(payload); {
	case n < 126:
		data = append(data, masked|byte(n))
	case n <= 0xffff:
		data = binary.BigEndian.AppendUint16(append(data, masked|126), uint16(n))
	default:
		data = binary.BigEndian.AppendUint64(append(data, masked|127), uint64(n))
	}
	var mask [4]byte
	rand.Read(mask[:])
	mask[0] |= 1
	data = append(data, mask[:]...)
	for i, b := range payload {
		data = append(data, b^mask[i%4])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.conn.Write(data)
	return err
}

// read returns the next text message. It answers pings.
func (s *socket) read() ([]byte, error) {
	var message []byte
	for {
		final, opcode, payload, err := s.readFrame()
		if err != nil {
			return nil, err
		}
		switch opcode {
		case text, continuation:
			if message = append(message, payload...); len(message) > maxMessage {
				return nil, fmt.Errorf("a message is over %d bytes", maxMessage)
			}
			if final {
				return message, nil
			}
		case ping:
			if err := s.frame(pong, payload); err != nil {
				return nil, err
			}
		case pong:
		case goodbye:
			return nil, io.EOF
		default:
			return nil, fmt.Errorf("a frame has the opcode %#x, which is neither text nor control", opcode)
		}
	}
}

// readFrame reads a frame. A server masks none.
func (s *socket) readFrame() (final bool, opcode byte, payload []byte, err error) {
	var head [2]byte
	if _, err = io.ReadFull(s.in, head[:]); err != nil {
		return
	}
	final, opcode = head[0]&0x80 != 0, head[0]&0x0f
	size := uint64(head[1] & 0x7f)
	if extra := map[uint64]int{126: 2, 127: 8}[size]; extra > 0 {
		var long [8]byte
		if _, err = io.ReadFull(s.in, long[8-extra:]); err != nil {
			return
		}
		size = binary.BigEndian.Uint64(long[:])
	}
	if head[1]&0x80 != 0 || size > maxMessage {
		return false, 0, nil, fmt.Errorf("a frame of %d bytes is masked or over %d bytes", size, maxMessage)
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(s.in, payload)
	return
}
