package cmdline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v3"
)

func TestNearest(t *testing.T) {
	names := []string{"convert", "list", "header", "explain", "method"}
	for misspelt, want := range map[string]string{
		"lst": "list", "ls": "list", "lists": "list", "lsit": "list", "convrt": "convert", "explian": "explain",
		"swim": "", "sa": "", "x": "", "": "", "headers-of": "header", strings.Repeat("list", 10): "",
	} {
		if got := Nearest(misspelt, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", misspelt, got, want)
		}
	}
}

// A program with commands and flags of each kind is told what stands on its command
// line, in whatever order.
func TestRun(t *testing.T) {
	for _, tt := range []struct {
		args      string
		code      int
		got       string // what the action was told
		out, errs string // out is how it starts
	}{
		{args: "eat a,b c", got: "eat [] false a,b|c"},
		{args: "eat a -to x,y -q b -to z", got: "eat [x,y z] true a|b"},
		{args: "eat --to=x a --q=false b", got: "eat [x] false a|b"},
		{args: "eat a - -- -to x", got: "eat [] false a|-|-to|x"},
		{args: "eat help", got: "eat [] false help"},
		{args: "eat h", got: "eat [] false h"},
		{args: "eat fail", code: 7, got: "eat [] false fail"},
		{args: "eat -to bad", code: Wrong, errs: `p: invalid value "bad" for flag -to: no such thing; see p eat -h`},
		{args: "eat a -to", code: Wrong, errs: "p: flag needs an argument: -to; see p eat -h"},
		{args: "eat a -quitt", code: Wrong, errs: "p: there is no flag -quitt; see p eat -h"},
		{args: "eat a -hlep", code: Wrong, errs: "p: there is no flag -hlep; did you mean -help? see p eat -h"},
		{args: "-z eat", code: Wrong, errs: "p: there is no flag -z; see p -h"},
		{args: "ea a", code: Wrong, errs: `p: there is no command "ea"; did you mean eat? see p -h`},
		{args: "swim", code: Wrong, errs: `p: there is no command "swim": want eat; see p -h`},
		{args: "", code: Wrong, errs: "p: want a command: eat; see p -h"},
		{args: "-h", out: "About p.\n\nFlags:\n"},
		{args: "help", out: "About p.\n\nFlags:\n"},
		{args: "help eat", out: "About eat.\n\nFlags:\n   --to thing"},
		{args: "-h eat", out: "About eat.\n\nFlags:\n   --to thing"},
		{args: "eat a --help", out: "About eat.\n\nFlags:\n   --to thing"},
	} {
		var to []string
		var q bool
		got := ""
		program := &cli.Command{Name: "p", Description: "About p.\n", Commands: []*cli.Command{{
			Name: "eat", Description: "About eat.\n",
			Flags: []cli.Flag{
				Func("to", "a `thing`", func(s string) error {
					if s == "bad" {
						return errors.New("no such thing")
					}
					to = append(to, s)
					return nil
				}),
				&cli.BoolFlag{Name: "q", Destination: &q},
			},
			Action: Action(func(_ context.Context, c *cli.Command) int {
				got = "eat [" + strings.Join(to, " ") + "] " + map[bool]string{true: "true", false: "false"}[q] + " " + strings.Join(c.Args().Slice(), "|")
				if slices.Contains(c.Args().Slice(), "fail") {
					return 7
				}
				return 0
			}),
		}}}
		var out, errs strings.Builder
		code := Run(context.Background(), program, strings.Fields(tt.args), &out, &errs)
		if code != tt.code || got != tt.got || !strings.HasPrefix(out.String(), tt.out) || (out.Len() == 0) != (tt.out == "") ||
			strings.TrimSuffix(errs.String(), "\n") != tt.errs {
			t.Errorf("p %s = %d, %q\n%s%s\nwant %d, %q\n%s%s", tt.args, code, got, out.String(), errs.String(), tt.code, tt.got, tt.out, tt.errs)
		}
	}
}
