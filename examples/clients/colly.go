package clients

import (
	"context"

	"github.com/gocolly/colly/v2"

	"uacookie/jar"
)

// Colly crawls with colly. A collector has a jar by default, so it is turned off.
func Colly(ctx context.Context, s *Server, j *jar.Jar) (page string, err error) {
	c := colly.NewCollector(colly.StdlibContext(ctx))
	c.OnHTML("#page", func(e *colly.HTMLElement) { page = e.Text })
	// Glue:
	c.DisableCookies()
	c.WithTransport(&jar.Transport{Jar: j, Base: s.Transport()})

	err = c.Visit(s.URL + "/login")
	return page, err
}
