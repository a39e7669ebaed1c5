package bidi

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
)

// pipe returns a socket and the other end of its connection.
func pipe(t *testing.T) (*socket, net.Conn) {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { here.Close(); there.Close() })
	return &socket{conn: here, in: bufio.NewReader(here)}, there
}

// Messages of each of the three forms of length are written under a mask that is not
// zero, and read back.
func TestSocketWrite(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 0xffff, 0x10000} {
		s, there := pipe(t)
		want := bytes.Repeat([]byte("x"), size)
		go s.write(want)
		head := make([]byte, 2)
		if _, err := io.ReadFull(there, head); err != nil {
			t.Fatal(err)
		}
		if head[0] != 0x81 || head[1]&0x80 == 0 {
			t.Errorf("%d bytes: the frame starts with %x, want a masked text that is whole", size, head)
		}
		length := uint64(head[1] & 0x7f)
		switch length {
		case 126:
			length = uint64(read[uint16](t, there))
		case 127:
			length = read[uint64](t, there)
		}
		if length != uint64(size) {
			t.Fatalf("the length is %d, want %d", length, size)
		}
		mask := make([]byte, 4)
		io.ReadFull(there, mask)
		got := make([]byte, size)
		io.ReadFull(there, got)
		for i := range got {
			got[i] ^= mask[i%4]
		}
		if !bytes.Equal(got, want) || bytes.Equal(mask, make([]byte, 4)) {
			t.Errorf("%d bytes: came as %.20q under the mask %x", size, got, mask)
		}
	}
}

func read[T uint16 | uint64](t *testing.T, in io.Reader) (n T) {
	t.Helper()
	if err := binary.Read(in, binary.BigEndian, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A message may come in several frames, with a ping in between, which is answered; a
// Close ends it.
func TestSocketRead(t *testing.T) {
	s, there := pipe(t)
	long := strings.Repeat("y", 70000)
	pongs := make(chan []byte, 1)
	go func() {
		there.Write([]byte{0x01, 1, 'a'}) // text, not final
		there.Write([]byte{0x89, 1, 'p'}) // ping
		answer := make([]byte, 2+4+1)     // head, mask, "p"
		io.ReadFull(there, answer)        // comes before what follows
		pongs <- answer                   //
		there.Write([]byte{0x00, 1, 'b'}) // continuation
		there.Write([]byte{0x80, 1, 'c'}) // the last
		there.Write([]byte{0x81, 127})    // a long one
		binary.Write(there, binary.BigEndian, uint64(len(long)))
		io.WriteString(there, long)
		there.Write([]byte{0x88, 0})
	}()
	for _, want := range []string{"abc", long} {
		if got, err := s.read(); err != nil || string(got) != want {
			t.Fatalf("read() = %.20q, %v, want %.20q", got, err, want)
		}
	}
	if answer := <-pongs; answer[0] != 0x8a || answer[6]^answer[2] != 'p' {
		t.Errorf("the answer to a ping is %x, want a pong with p", answer)
	}
	if _, err := s.read(); err != io.EOF {
		t.Errorf("after a Close: error %v, want EOF", err)
	}
}

func TestSocketReadErrors(t *testing.T) {
	for name, frame := range map[string][]byte{
		"masked":  {0x81, 0x81, 1, 2, 3, 4, 5},
		"binary":  {0x82, 1, 'x'},
		"huge":    {0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0},
		"cut off": {0x81, 5, 'x'},
	} {
		s, there := pipe(t)
		go func() {
			there.Write(frame)
			there.Close()
		}()
		if got, err := s.read(); err == nil {
			t.Errorf("%s: read() = %q, want an error", name, got)
		}
	}
}
