package clients

import (
	"context"
	"net/http"

	"github.com/coder/websocket"

	"uacookie/jar"
)

// Coder opens a WebSocket with coder/websocket, which follows the redirects of the login.
func Coder(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	client := &http.Client{Transport: s.Transport()}
	// Glue:
	client.Transport = &jar.Transport{Jar: j, Base: client.Transport}

	conn, _, err := websocket.Dial(ctx, s.URL+"/login", &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		return "", err
	}
	defer conn.CloseNow()
	_, message, err := conn.Read(ctx)
	return string(message), err
}
