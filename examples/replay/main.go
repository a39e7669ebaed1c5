// Replay runs scenario files through a jar and says where it differs from what
// they want.
//
//	go run ./replay [-as standard|chromium|firefox|compat] [-third-party allow|partition|block|agent] FILE...
//
// It prints the agent and what becomes of third-party cookies, one JSON line for each
// request of a scenario, then how many scenarios passed and failed. Third-party cookies are allowed, as the format has it,
// unless -third-party says otherwise: agent is the agent's own way. Steps with
// block_third_party have them blocked in any case. "-" reads standard input. The exit code is 1 if one failed, 2
// if a file could not be read or the command line is wrong.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/urfave/cli/v3"

	"uacookie/examples/internal/cmdline"
	"uacookie/jar"
	"uacookie/jar/scenario"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

const usage = `Replay runs scenario files through a jar and says where it differs from what they want.

usage: replay [flags] FILE...

"-" is standard input. The first line of the output has the agent and what becomes of
third-party cookies. A JSON line follows for each request of a scenario, and at the end
how many scenarios passed and failed. The exit code is 0 if all passed; 1 if one
failed; 2 if a file could not be read or the command line is wrong.
`

// run is main with its streams; it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o := options{jar.Standard, jar.ThirdPartyAllowed}
	return cmdline.Run(context.Background(), &cli.Command{
		Name:        "replay",
		Description: usage,
		Flags: []cli.Flag{
			cmdline.Func("as", "the `agent` whose rules are kept: standard, chromium, firefox or compat (default: standard)", func(name string) (err error) {
				o.agent, err = jar.ParseUserAgent(name)
				return err
			}),
			cmdline.Func("third-party", "what becomes of third-party `cookies`: allow, partition, block, or agent for the agent's own way (default: allow)", func(text string) (err error) {
				o.thirdParty, err = jar.ParseThirdParty(text)
				return err
			}),
		},
		Action: cmdline.Action(func(_ context.Context, flags *cli.Command) int {
			if flags.NArg() == 0 {
				fmt.Fprintln(stderr, "replay: want a file; see replay -h")
				return cmdline.Wrong
			}
			return replayAll(flags.Args().Slice(), o, stdin, stdout, stderr)
		}),
	}, args, stdout, stderr)
}

// options say by which rules to replay.
type options struct {
	agent      jar.UserAgent
	thirdParty jar.ThirdParty
}

// String returns the first line of the output.
func (o options) String() string {
	s := fmt.Sprintf("as %s, third-party %s", o.agent, o.thirdParty)
	if o.thirdParty == jar.ThirdPartyDefault {
		s += fmt.Sprintf(" (%s)", o.agent.ThirdParty())
	}
	return s
}

// replayAll replays files, and returns the exit code.
func replayAll(files []string, o options, stdin io.Reader, stdout, stderr io.Writer) int {
	out := bufio.NewWriter(stdout)
	passed, failed, broken := 0, 0, false
	fmt.Fprintln(out, o)
	for _, name := range files {
		p, f, err := replay(out, stdin, name, o)
		passed, failed = passed+p, failed+f
		if err != nil {
			fmt.Fprintln(stderr, "replay:", err)
			broken = true
		}
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", passed, failed)
	if err := out.Flush(); err != nil {
		fmt.Fprintln(stderr, "replay:", err)
		broken = true
	}
	switch {
	case broken:
		return cmdline.Wrong
	case failed > 0:
		return 1
	}
	return 0
}

// replay replays one file and counts its scenarios.
func replay(out io.Writer, in io.Reader, name string, o options) (passed, failed int, err error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return 0, 0, err
		}
		defer f.Close()
		in = f
	}
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	now := time.Now()
	for s, err := range scenario.Read(in) {
		if err != nil {
			return passed, failed, fmt.Errorf("%s: %w", name, err)
		}
		if !s.Scored() {
			continue
		}
		ok := true
		for _, r := range s.Replay(o.agent, o.thirdParty, now) {
			line.Reset()
			if err := enc.Encode(r); err != nil {
				return passed, failed, err
			}
			if _, err := out.Write(plain(line.Bytes())); err != nil {
				return passed, failed, err
			}
			ok = ok && r.OK
		}
		if ok {
			passed++
		} else {
			failed++
		}
	}
	return passed, failed, nil
}

// plain returns JSON with what is not printable escaped, in which encoding/json leaves
// what a terminal acts on: DEL, and the control codes beyond ASCII.
func plain(text []byte) []byte {
	var b []byte
	for _, r := range string(text) {
		switch {
		case unicode.IsPrint(r) || r == '\n':
			b = utf8.AppendRune(b, r)
		case r <= 0xffff:
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			r -= 0x1_0000
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
	return b
}
