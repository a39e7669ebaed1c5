package clients

import (
	"compress/gzip"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/coder/websocket"
	"github.com/quic-go/quic-go/http3"
)

// A Kind is a kind of cookie that clients treat differently.
type Kind struct {
	Name string
	Pair string // as the server sets it and a browser returns it
}

// Kinds are the cookies that a [Server] sets. A browser returns all of them, byte for byte.
var Kinds = []Kind{
	{"plain", "sid=s1"},
	{"JSON", `cart={"items":["apple","pear"]}`},
	{"quoted", `theme="dark"`},
	{"spaced", "user=Ada Lovelace"},
	{"UTF-8", "city=Žilina"},
	{"Latin-1", "drink=caf\xe9"},
	{"nameless", "token"},
}

// Page is what a client reads behind the login.
const Page = "welcome"

// A Server has a login over two redirects on HTTP/1.1, HTTP/2 and HTTP/3.
type Server struct {
	URL  string // over TCP
	URL3 string // over QUIC

	tcp  *httptest.Server
	quic *http3.Server
	udp  net.PacketConn

	mu     sync.Mutex
	cookie string // the Cookie header of the last request for /home
	proto  string // its protocol
}

// NewServer starts a Server on the loopback interface.
func NewServer() (*Server, error) {
	s := new(Server)
	mux := http.NewServeMux()
	mux.HandleFunc("/login", s.login)
	mux.HandleFunc("/login/2", s.login2)
	mux.HandleFunc("/home", s.home)
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"access_token":"t","token_type":"Bearer"}`)
	})
	s.tcp = httptest.NewUnstartedServer(mux)
	s.tcp.EnableHTTP2 = true
	s.tcp.Config.ErrorLog = log.New(io.Discard, "", 0) // browsers drop connections
	s.tcp.StartTLS()
	s.URL = s.tcp.URL

	var err error
	if s.udp, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
		s.tcp.Close()
		return nil, err
	}
	s.URL3 = "https://" + s.udp.LocalAddr().String()
	certificate := &tls.Config{Certificates: s.tcp.TLS.Certificates}
	s.quic = &http3.Server{Handler: mux, TLSConfig: http3.ConfigureTLSConfig(certificate)}
	go s.quic.Serve(s.udp)
	return s, nil
}

// Close stops the server.
func (s *Server) Close() {
	s.tcp.Close()
	s.quic.Close()
	s.udp.Close()
}

// Transport returns the server's own http.Transport, which trusts the server's certificate.
func (s *Server) Transport() *http.Transport { return s.tcp.Client().Transport.(*http.Transport) }

// TLS returns a configuration that trusts the server's certificate.
func (s *Server) TLS() *tls.Config {
	return &tls.Config{RootCAs: s.Transport().TLSClientConfig.RootCAs}
}

// Got returns the Cookie header field of the last request for /home, and its protocol.
func (s *Server) Got() (cookie, proto string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cookie, s.proto
}

// Forget forgets the last request.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cookie, s.proto = "", ""
}

// login sets the first half of the cookies, and step, without which login2 fails.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Set-Cookie", "step=1; Path=/login; Secure; HttpOnly")
	set(w, Kinds[:len(Kinds)/2])
	http.Redirect(w, r, "/login/2", http.StatusFound)
}

func (s *Server) login2(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.Header.Get("Cookie"), "step=1") {
		http.Error(w, "the cookie of the first redirect is missing", http.StatusForbidden)
		return
	}
	set(w, Kinds[len(Kinds)/2:])
	http.Redirect(w, r, "/home", http.StatusSeeOther)
}

func set(w http.ResponseWriter, kinds []Kind) {
	for _, k := range kinds {
		w.Header().Add("Set-Cookie", k.Pair+"; Path=/; Secure")
	}
}

// home returns Page to a client with a session, in gzip or over a WebSocket.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	cookie := strings.Join(r.Header["Cookie"], "; ")
	s.mu.Lock()
	s.cookie, s.proto = cookie, r.Proto
	s.mu.Unlock()

	switch {
	case !strings.Contains(cookie, "sid=s1"):
		http.Error(w, "log in first", http.StatusForbidden)
	case r.Header.Get("Upgrade") != "":
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // Accept has answered
		}
		conn.Write(r.Context(), websocket.MessageText, []byte(Page))
		conn.Close(websocket.StatusNormalClosure, "")
	case strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprintf(z, "<p id=page>%s</p>", Page)
		z.Close()
	default:
		http.Error(w, "want Accept-Encoding: gzip", http.StatusNotAcceptable)
	}
}
