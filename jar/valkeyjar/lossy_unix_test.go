//go:build unix

package valkeyjar_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strconv"
	"sync/atomic"
)

// A lossy is an address of a server at which published messages get lost, without the
// connection being cut.
type lossy struct {
	server string
	lose   atomic.Int64 // how many messages are still to be lost
	l      net.Listener
}

// newLossy returns a lossy that listens until the process ends.
func newLossy(server string) (*lossy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &lossy{server: server, l: l}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(in)
		}
	}()
	return p, nil
}

func (p *lossy) addr() string { return p.l.Addr().String() }

func (p *lossy) serve(in net.Conn) {
	out, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = in.Close()
		return
	}
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.Close()
		_ = in.Close()
	}()
	defer out.Close()
	defer in.Close()
	from, to := bufio.NewReaderSize(out, 1<<20), bufio.NewWriterSize(in, 1<<20)
	var frame []byte
	for {
		if frame, err = appendFrame(frame[:0], from); err != nil {
			return
		}
		if !bytes.HasPrefix(frame, []byte(">3\r\n$7\r\nmessage\r\n")) || p.lose.Add(-1) < 0 {
			p.lose.CompareAndSwap(-1, 0)
			if _, err := to.Write(frame); err != nil {
				return
			}
		}
		if from.Buffered() == 0 && to.Flush() != nil {
			return
		}
	}
}

// appendFrame appends the next value in RESP3, as it is.
func appendFrame(b []byte, r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return b, err
	}
	kind, rest := line[0], string(bytes.TrimRight(line[1:], "\r\n"))
	b = append(b, line...)
	n := 0
	switch kind {
	case '$', '=', '!', '*', '~', '>', '%', '|':
		if n, err = strconv.Atoi(rest); err != nil {
			return b, err
		}
	}
	switch kind {
	case '$', '=', '!':
		if n < 0 {
			return b, nil
		}
		at := len(b)
		b = append(b, make([]byte, n+2)...)
		_, err = io.ReadFull(r, b[at:])
		return b, err
	case '%':
		n *= 2
	case '|':
		n = 2*n + 1 // and the value that it is about
	}
	for range n {
		if b, err = appendFrame(b, r); err != nil {
			return b, err
		}
	}
	return b, nil
}
