package cookiefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A jsonShape is the structure of the beginning of a JSON file.
type jsonShape struct {
	array   bool
	members map[string]string // members of the outermost object, with string values
	cookie  map[string]bool   // names of the members of cookies
}

// shapeOf returns the shape of the JSON in head, up to where head ends or is malformed.
func shapeOf(head []byte) jsonShape {
	shape := jsonShape{array: head[0] == '[', members: make(map[string]string), cookie: make(map[string]bool)}
	dec := json.NewDecoder(bytes.NewReader(head))
	var stack []json.Delim
	key, top := "", "" // the current member, and the member of the outermost object around it
	for isKey := false; ; {
		token, err := dec.Token()
		if err != nil { // the end of head, or malformed
			return shape
		}
		delim, _ := token.(json.Delim)
		switch delim {
		case '{', '[':
			stack = append(stack, delim)
			isKey = delim == '{'
			continue
		case '}', ']':
			stack = stack[:len(stack)-1]
			isKey = len(stack) > 0 && stack[len(stack)-1] == '{'
			continue
		}
		depth := len(stack)
		if depth == 0 {
			return shape
		}
		text, _ := token.(string)
		switch {
		case stack[depth-1] == '[':
		case !isKey:
			if depth == 1 {
				shape.members[key] = text
			}
			isKey = true
		default:
			key, isKey = text, false
			switch {
			case depth == 1 && !shape.array:
				top = key
				shape.members[key] = ""
			case shape.array && depth == 2, top == "cookies" && depth == 3 && stack[1] == '[':
				shape.cookie[key] = true
			}
		}
	}
}

// jsonKind returns the format of JSON that begins with head and is not FormatJSON.
func jsonKind(head []byte) (Format, error) {
	shape := shapeOf(head)
	has := func(name string) bool { return shape.cookie[name] }
	_, isLog := shape.members["log"]
	_, isStore := shape.members["storeType"]
	switch {
	case isLog:
		return FormatAuto, fmt.Errorf("%w: a HAR, which contains responses: run cookies explain -from FILE", ErrForeign)
	case isStore || strings.HasPrefix(shape.members["version"], "tough-cookie@") || has("key") && !has("name"):
		return FormatToughCookie, nil
	case has("Name") && !has("name") && (has("CanonicalHost") || has("Creation")):
		return FormatPersistentCookiejar, nil
	case has("Name") && !has("name"):
		return FormatGoCookies, nil
	case shape.array && has("expiry") && !has("expires") && !has("expirationDate"):
		return FormatWebDriver, nil
	case shape.array:
		return FormatPuppeteer, nil
	case has("session"):
		return FormatCDP, nil
	}
	return FormatPlaywright, nil
}
