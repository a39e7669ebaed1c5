package clients

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/mxschmitt/playwright-go"

	"uacookie/jar"
	"uacookie/jar/cookiefile"
)

// PlaywrightIn logs in by the jar and continues in a browser of Playwright. The
// error names the cookies that were left out.
func PlaywrightIn(ctx context.Context, b playwright.Browser, s *Server, j *jar.Jar) (string, error) {
	if _, err := NetHTTP(ctx, s, j); err != nil {
		return "", err
	}
	s.Forget()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "state.json")
	leftOut := writeState(path, j)
	tab, err := b.NewContext(playwright.BrowserNewContextOptions{
		StorageStatePath:  playwright.String(path),
		IgnoreHttpsErrors: playwright.Bool(true),
	})
	if err != nil {
		return "", err
	}
	defer tab.Close()
	page, err := visitIn(tab, s.URL+"/home")
	return page, errors.Join(err, leftOut)
}

// PlaywrightOut logs in by a browser of Playwright and continues with the jar.
func PlaywrightOut(ctx context.Context, b playwright.Browser, s *Server, j *jar.Jar) (string, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "state.json")
	tab, err := b.NewContext(playwright.BrowserNewContextOptions{IgnoreHttpsErrors: playwright.Bool(true)})
	if err != nil {
		return "", err
	}
	defer tab.Close()
	if _, err := visitIn(tab, s.URL+"/login"); err != nil {
		return "", err
	}
	if _, err := tab.StorageState(playwright.BrowserContextStorageStateOptions{Path: playwright.String(path)}); err != nil {
		return "", err
	}
	if err := readState(path, j); err != nil {
		return "", err
	}
	s.Forget()
	return NetHTTPHome(ctx, s, j)
}

// visitIn returns the text of a page in a browser context.
func visitIn(tab playwright.BrowserContext, url string) (string, error) {
	page, err := tab.NewPage()
	if err != nil {
		return "", err
	}
	if _, err := page.Goto(url); err != nil {
		return "", err
	}
	return page.Locator("#page").TextContent()
}

// writeState writes the cookies in j to a storageState file that only its owner can read. Its
// error names the cookies that it left out.
func writeState(path string, j *jar.Jar) error {
	// Glue:
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	return cookiefile.Write(f, j.All(), &cookiefile.WriteOptions{Format: cookiefile.FormatPlaywright})
}

// readState loads the cookies of a storageState file into j.
func readState(path string, j *jar.Jar) error {
	// Glue:
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = cookiefile.Load(j, f, nil)
	return err
}
