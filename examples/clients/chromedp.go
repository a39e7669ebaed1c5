package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// ChromeIn logs in by the jar and continues in Chromium. ctx is a context of chromedp. The
// error names the cookies that were left out.
func ChromeIn(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	if _, err := NetHTTP(ctx, s, j); err != nil {
		return "", err
	}
	s.Forget()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // starts the browser
		return "", err
	}
	leftOut := intoBrowser(ctx, j.All())
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/home")); err != nil {
		return "", err
	}
	page, err := chromedp.Run(ctx, chromedp.Text("#page"))
	return page, errors.Join(err, leftOut)
}

// ChromeOut logs in by Chromium and continues with the jar. ctx is a context of chromedp.
func ChromeOut(ctx context.Context, s *Server, j *jar.Jar) (string, error) {
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/login"), chromedp.WaitVisible("#page")); err != nil {
		return "", err
	}
	if err := outOfBrowser(ctx, j); err != nil {
		return "", err
	}
	s.Forget()
	return NetHTTPHome(ctx, s, j)
}

// intoBrowser sets cookies in the browser. Its error names the cookies that it left out.
func intoBrowser(ctx context.Context, cookies iter.Seq[jar.Cookie]) error {
	// Glue:
	var file bytes.Buffer
	leftOut := cookiefile.Write(&file, cookies, &cookiefile.WriteOptions{Format: cookiefile.FormatCDP})
	var params storage.SetCookiesParams
	if err := json.Unmarshal(file.Bytes(), &params); err != nil {
		return err
	}
	if _, err := chromedp.CallBrowser(ctx, storage.SetCookies, params); err != nil {
		return err
	}
	return leftOut
}

// outOfBrowser loads the cookies of the browser into j.
func outOfBrowser(ctx context.Context, j *jar.Jar) error {
	// Glue:
	result, err := chromedp.CallBrowser(ctx, storage.GetCookies, storage.GetCookiesParams{})
	if err != nil {
		return err
	}
	file, err := json.Marshal(result)
	if err != nil {
		return err
	}
	_, err = cookiefile.Load(j, bytes.NewReader(file), nil)
	return err
}
