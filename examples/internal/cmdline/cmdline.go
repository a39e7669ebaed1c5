// Package cmdline reads the command lines of the programs in examples: flags may stand
// before, between and after arguments, with one dash or two; help goes to standard
// output; and what is misspelt is answered with the nearest name.
package cmdline

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v3"
)

// Wrong is the exit code for a command line that cannot be understood.
const Wrong = 2

// An exit is the exit code of an action, which [cli.Command.Run] returns as an error.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Action returns the action of a command that runs f with the arguments that are not
// flags. What f returns is the program's exit code.
func Action(f func(ctx context.Context, c *cli.Command) int) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) error {
		if code := f(ctx, c); code != 0 {
			return exit(code)
		}
		return nil
	}
}

// Func returns a flag whose values are given to set, in the order in which they stand
// on the command line. As in package flag, a word of usage in back quotes stands for
// the value in the help.
func Func(name, usage string, set func(string) error) cli.Flag {
	return &cli.GenericFlag{Name: name, Usage: usage, Value: funcValue(set), HideDefault: true}
}

type funcValue func(string) error

func (f funcValue) Set(s string) error { return f(s) }
func (f funcValue) Get() any           { return nil }
func (f funcValue) String() string     { return "" }

// help is the text of a command, and its flags.
const help = `{{.Description}}
Flags:{{range .VisibleFlags}}
   {{.}}{{end}}
`

// Run runs a program with its arguments, from which its name is left out, and returns
// its exit code: [Wrong], after a line on stderr, if they cannot be understood, and 0
// after the help. The help of a command is its Description and its flags.
func Run(ctx context.Context, program *cli.Command, args []string, stdout, stderr io.Writer) int {
	program.Writer, program.ErrWriter = stdout, stderr
	program.ExitErrHandler = func(context.Context, *cli.Command, error) {} // the default ends the process
	if len(program.Commands) > 0 {
		program.Action = func(_ context.Context, c *cli.Command) error { return unknownCommand(c) }
		program.Commands = append(program.Commands, helpCommand(program))
	}
	at := program // the command that args select
	for _, c := range append([]*cli.Command{program}, program.Commands...) {
		addHelp(c)
		c.DisableSliceFlagSeparator = true // URLs have commas in them
		c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error {
			at = c
			return err
		}
	}
	err := program.Run(ctx, append([]string{program.Name}, args...))
	if err == nil {
		return 0
	}
	if code, ok := err.(exit); ok {
		return int(code)
	}
	name := program.Name
	if at != program {
		name += " " + at.Name
	}
	what := explain(at, err)
	if !strings.HasSuffix(what, "?") {
		what += ";"
	}
	fmt.Fprintf(stderr, "%s: %s see %s -h\n", program.Name, what, name)
	return Wrong
}

// The help flag of the library would take an argument for the name of a command.
func init() { cli.HelpFlag = nil }

// addHelp adds a help flag that works with arguments, too.
func addHelp(c *cli.Command) {
	c.HideHelpCommand = true // an argument may be called "help"
	c.Flags = append(c.Flags, &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show this help", Local: true})
	do := c.Action
	c.Action = func(ctx context.Context, c *cli.Command) error {
		if c.Bool("help") || c.Root().Bool("help") {
			return show(c)
		}
		return do(ctx, c)
	}
}

// helpCommand returns a command that shows the help of a program, or of the command of
// it that is named.
func helpCommand(program *cli.Command) *cli.Command {
	return &cli.Command{Name: "help", Hidden: true, Action: func(_ context.Context, c *cli.Command) error {
		if named := program.Command(c.Args().First()); named != nil {
			return show(named)
		}
		return show(program)
	}}
}

func show(c *cli.Command) error {
	cli.HelpPrinter(c.Root().Writer, help, c)
	return nil
}

// explain returns what is wrong with the flags of a command, and what is near.
func explain(c *cli.Command, err error) string {
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !unknown {
		return err.Error()
	}
	s := fmt.Sprintf("there is no flag -%s", name)
	var names []string
	for _, f := range c.VisibleFlags() {
		names = append(names, f.Names()...)
	}
	if near := Nearest(name, names); near != "" {
		s += fmt.Sprintf("; did you mean -%s?", near)
	}
	return s
}

// unknownCommand says that there is no command of the name that stands first.
func unknownCommand(program *cli.Command) error {
	var names []string
	for _, c := range program.VisibleCommands() {
		names = append(names, c.Name)
	}
	all := strings.Join(names, ", ")
	name := program.Args().First()
	if name == "" {
		return fmt.Errorf("want a command: %s", all)
	}
	if near := Nearest(name, names); near != "" {
		return fmt.Errorf("there is no command %q; did you mean %s?", name, near)
	}
	return fmt.Errorf("there is no command %q: want %s", name, all)
}

// Nearest returns the name that is the fewest edits away from a misspelt one, or "" if
// that is more than half of the longer's letters.
func Nearest(misspelt string, names []string) string {
	best, least := "", 0
	for _, name := range names {
		d := distance(misspelt, name)
		if 2*d <= max(len(misspelt), len(name)) && (best == "" || d < least) {
			best, least = name, d
		}
	}
	return best
}

// distance is the edit distance of Levenshtein, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for k := range len(b) {
			change := diagonal
			if a[i] != b[k] {
				change++
			}
			diagonal = row[k+1]
			row[k+1] = min(change, row[k]+1, row[k+1]+1)
		}
	}
	return row[len(b)]
}
