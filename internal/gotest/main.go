// Gotest runs go test in several modules, for the Makefile, and says at the end what was
// not tested: go test is silent about skipped tests.
//
//	go run ./internal/gotest [-modules 'DIR...'] [-arch LIST] -- [go test arguments]
//
// A test that is skipped with NOT TESTED in its message is listed at the end. With
// NOT_TESTED set, the list is appended to that file as well. The exit code is 1 if a
// test failed.
//
// With -arch, the tests run on each of these values of GOARCH in turn: directly where
// this machine can, and otherwise under the emulator of qemu-user-static, or Node.js
// for wasm. An architecture without its emulator is listed as not tested.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	modules := flag.String("modules", ".", "run in these `folders`, with spaces between them")
	arches := flag.String("arch", "", "run on these `architectures`, with commas between them")
	flag.Parse()
	g := &gotest{out: os.Stdout, args: flag.Args()}
	for _, arch := range strings.Split(*arches, ",") {
		t, missing := targetOf(arch, runtime.GOOS, runtime.GOARCH, exec.LookPath, runs386)
		if missing != "" {
			g.report.skipped = append(g.report.skipped, missing)
			continue
		}
		for _, module := range strings.Fields(*modules) {
			g.run(module, t)
		}
	}
	os.Exit(g.finish(os.Getenv("NOT_TESTED")))
}

// A target is what tests run on.
type target struct {
	name string   // for the headings; "" for this machine
	env  []string // for go
	args []string // for go test
}

// emulators are the programs of QEMU by GOARCH.
var emulators = map[string]string{
	"386": "i386", "amd64": "x86_64", "arm": "arm", "arm64": "aarch64", "loong64": "loongarch64", "mips": "mips", "mips64": "mips64",
	"mips64le": "mips64el", "mipsle": "mipsel", "ppc64": "ppc64", "ppc64le": "ppc64le", "riscv64": "riscv64", "s390x": "s390x",
}

// targetOf returns how tests run on an architecture, or what to say if they cannot. direct
// reports whether this machine, if it is amd64, runs programs for 386.
func targetOf(arch, hostOS, hostArch string, lookPath func(string) (string, error), direct func() bool) (t target, missing string) {
	if arch == "" {
		return t, ""
	}
	t.name = arch
	if arch == "wasm" {
		if _, err := lookPath("node"); err != nil {
			return t, "NOT TESTED ON js/wasm: Node.js is not installed"
		}
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			return t, "NOT TESTED ON js/wasm: go env GOROOT: " + err.Error()
		}
		t.env = []string{"GOOS=js", "GOARCH=wasm"}
		t.args = []string{"-exec=" + filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "go_js_wasm_exec")}
		return t, ""
	}
	t.env = []string{"GOARCH=" + arch, "CGO_ENABLED=0"}
	if arch == hostArch || arch == "386" && hostArch == "amd64" && (hostOS != "linux" || direct()) {
		return t, ""
	}
	if arch == "386" && hostArch == "amd64" {
		// QEMU 7.2 mixes up threads of Go programs there: "bad g in signal handler".
		return t, "NOT TESTED ON 386: the kernel of this machine runs no programs for it, and under QEMU the runtime of Go crashes"
	}
	if hostOS == "linux" {
		for _, suffix := range []string{"-static", ""} {
			if path, err := lookPath("qemu-" + emulators[arch] + suffix); err == nil {
				t.args = []string{"-exec=" + path}
				return t, ""
			}
		}
	}
	return t, fmt.Sprintf("NOT TESTED ON %s: this machine has no emulator for it; on Debian, apt-get install qemu-user-static", arch)
}

// runs386 reports whether the kernel of this machine runs programs for 386. Some kernels for
// amd64 are built without that.
func runs386() bool {
	f, err := os.CreateTemp("", "runs386")
	if err != nil {
		return false
	}
	defer os.Remove(f.Name())
	_, err = f.Write(exit386)
	return errors.Join(err, f.Chmod(0o700), f.Close()) == nil && exec.Command(f.Name()).Run() == nil
}

// exit386 is a program for linux/386 that does nothing: an ELF header, one segment with the
// whole file, and the system call exit(0).
var exit386 = []byte("\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x02\x00\x03\x00\x01\x00\x00\x00\x54\x80\x04\x08\x34\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x34\x00\x20\x00\x01\x00\x00\x00\x00\x00\x00\x00" +
	"\x01\x00\x00\x00\x00\x00\x00\x00\x00\x80\x04\x08\x00\x80\x04\x08\x5d\x00\x00\x00\x5d\x00\x00\x00\x05\x00\x00\x00\x00\x10\x00\x00" +
	"\xb8\x01\x00\x00\x00\x31\xdb\xcd\x80")

// A gotest runs go test.
type gotest struct {
	out    io.Writer
	args   []string
	report report
	failed bool
}

// run runs the tests of a module on a target.
func (g *gotest) run(module string, t target) {
	fmt.Fprintln(g.out, strings.TrimRight("# "+module+" "+t.name, " "))
	args := append([]string{"test", "-json"}, t.args...)
	cmd := exec.Command("go", append(args, g.args...)...)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), t.env...)
	cmd.Stderr = os.Stderr
	events, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		err = g.report.read(events, g.out)
		if wait := cmd.Wait(); err == nil {
			err = wait
		}
	}
	if err != nil {
		g.failed = true
		fmt.Fprintf(g.out, "FAILED: go test in %s: %v\n", strings.TrimRight(module+" "+t.name, " "), err)
	}
}

// finish lists what was not tested, appends it to a file unless path is "", and returns
// the exit code.
func (g *gotest) finish(path string) int {
	list := strings.Join(append(g.report.skipped, ""), "\n")
	fmt.Fprint(g.out, list)
	if path != "" {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = f.WriteString(list)
			if closeErr := f.Close(); err == nil {
				err = closeErr
			}
		}
		if err != nil {
			g.failed = true
			fmt.Fprintln(g.out, "FAILED:", err)
		}
	}
	if g.failed {
		return 1
	}
	return 0
}
