package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// What go test says about packages is passed on, about tests if they failed, and what
// was skipped loudly is kept for the end.
func TestReport(t *testing.T) {
	const events = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"    a_test.go:1: chat\n"}
{"Action":"pass","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestBad","Output":"=== RUN   TestBad\n"}
{"Action":"output","Package":"p","Test":"TestBad/sub","Output":"    a_test.go:2: wrong\n"}
{"Action":"output","Package":"p","Test":"TestBad/sub","Output":"--- FAIL: TestBad/sub (0.00s)\n"}
{"Action":"fail","Package":"p","Test":"TestBad/sub"}
{"Action":"fail","Package":"p","Test":"TestBad"}
{"Action":"output","Package":"p","Test":"TestLoud","Output":"    a_test.go:3: NOT TESTED: there is no browser\n"}
{"Action":"output","Package":"p","Test":"TestLoud","Output":"--- SKIP: TestLoud (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestLoud"}
{"Action":"output","Package":"p","Test":"TestShort","Output":"    a_test.go:4: takes long\n"}
{"Action":"skip","Package":"p","Test":"TestShort"}
{"Action":"output","Package":"p","Test":"TestPanic","Output":"panic: oh\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p"}
go: something else
{"Action":"build-output","ImportPath":"q","Output":"q.go:1: undefined\n"}
{"Action":"output","Package":"q","Output":"PASS\n"}
{"Action":"output","Package":"q","Output":"ok  \tq\t0.1s\n"}
{"Action":"pass","Package":"q"}`
	var r report
	var out strings.Builder
	if err := r.read(strings.NewReader(events), &out); err != nil {
		t.Fatal(err)
	}
	const want = "    a_test.go:2: wrong\n--- FAIL: TestBad/sub (0.00s)\nFAIL\tp\t0.1s\npanic: oh\ngo: something else\nq.go:1: undefined\nok  \tq\t0.1s\n"
	if got := out.String(); got != want {
		t.Errorf("the report is\n%s\nwant\n%s", got, want)
	}
	if want := []string{"p TestLoud: a_test.go:3: NOT TESTED: there is no browser"}; !slices.Equal(r.skipped, want) {
		t.Errorf("skipped: %q, want %q", r.skipped, want)
	}
}

// The exit code and the list cover all modules, and go runs in each.
func TestGotest(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"good/go.mod":    "module good\n\ngo 1.26.0\n",
		"good/a_test.go": "package good\n\nimport \"testing\"\n\nfunc TestLoud(t *testing.T) { t.Skip(\"NOT TESTED: at all\") }\n",
		"bad/go.mod":     "module bad\n\ngo 1.26.0\n",
		"bad/a_test.go":  "package bad\n\nimport \"testing\"\n\nfunc TestBad(t *testing.T) { t.Error(\"wrong\") }\n",
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := filepath.Join(dir, "list")
	for _, tt := range []struct {
		modules []string
		code    int
		want    []string
	}{
		{[]string{"good"}, 0, []string{"# ", "good TestLoud: a_test.go:5: NOT TESTED: at all\n"}},
		{[]string{"bad", "good"}, 1, []string{"a_test.go:5: wrong", "FAILED: go test in ", "good TestLoud: a_test.go:5: NOT TESTED: at all\n"}},
		{[]string{"none"}, 1, []string{"FAILED: go test in "}},
	} {
		var out strings.Builder
		g := &gotest{out: &out, args: []string{"./..."}}
		for _, m := range tt.modules {
			g.run(filepath.Join(dir, m), target{})
		}
		if code := g.finish(list); code != tt.code {
			t.Errorf("%v: exit code %d, want %d", tt.modules, code, tt.code)
		}
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v: the output is\n%s\nwant %q in it", tt.modules, out.String(), want)
			}
		}
	}
	if got, err := os.ReadFile(list); err != nil || strings.Count(string(got), "NOT TESTED: at all\n") != 2 {
		t.Errorf("the list is %q, %v, want two lines", got, err)
	}
}

func TestTargetOf(t *testing.T) {
	have := func(programs ...string) func(string) (string, error) {
		return func(name string) (string, error) {
			if slices.Contains(programs, name) {
				return "/bin/" + name, nil
			}
			return "", errors.New("not found")
		}
	}
	for _, tt := range []struct {
		arch, hostOS, hostArch string
		programs               []string
		args, missing          string
		no386                  bool
	}{
		{arch: "", hostOS: "linux", hostArch: "amd64"},
		{arch: "amd64", hostOS: "linux", hostArch: "amd64"},
		{arch: "386", hostOS: "linux", hostArch: "amd64"},
		{arch: "386", hostOS: "linux", hostArch: "arm64", missing: "NOT TESTED ON 386: "},
		{arch: "386", hostOS: "linux", hostArch: "arm64", programs: []string{"qemu-i386"}, args: "-exec=/bin/qemu-i386"},
		{arch: "s390x", hostOS: "linux", hostArch: "amd64", programs: []string{"qemu-s390x-static", "qemu-s390x"}, args: "-exec=/bin/qemu-s390x-static"},
		{arch: "arm64", hostOS: "linux", hostArch: "amd64", programs: []string{"qemu-s390x-static"}, missing: "NOT TESTED ON arm64: "},
		{arch: "arm64", hostOS: "darwin", hostArch: "amd64", programs: []string{"qemu-aarch64"}, missing: "NOT TESTED ON arm64: "},
		{arch: "wasm", hostOS: "linux", hostArch: "amd64", missing: "NOT TESTED ON js/wasm: "},
		{arch: "386", hostOS: "linux", hostArch: "amd64", no386: true, programs: []string{"qemu-i386-static"}, missing: "NOT TESTED ON 386: "},
		{arch: "386", hostOS: "linux", hostArch: "amd64", no386: true, missing: "NOT TESTED ON 386: "},
	} {
		got, missing := targetOf(tt.arch, tt.hostOS, tt.hostArch, have(tt.programs...), func() bool { return !tt.no386 })
		if strings.Join(got.args, " ") != tt.args || (missing == "") != (tt.missing == "") || !strings.HasPrefix(missing, tt.missing) {
			t.Errorf("targetOf(%q, %q, %q) with %q = %+v, %q, want %q, %q", tt.arch, tt.hostOS, tt.hostArch, tt.programs, got, missing, tt.args, tt.missing)
		}
	}
	if got, _ := targetOf("wasm", "linux", "amd64", have("node"), runs386); !slices.Contains(got.env, "GOOS=js") || !strings.HasSuffix(strings.Join(got.args, " "), "go_js_wasm_exec") {
		t.Errorf(`targetOf("wasm") = %+v, want js, run by go_js_wasm_exec`, got)
	}
}

// The program that tells whether this machine runs 386 is one: an emulator runs it.
func TestExit386(t *testing.T) {
	qemu, err := exec.LookPath("qemu-i386-static")
	if err != nil {
		t.Skip("NOT TESTED: the program for 386: this machine has no qemu-i386-static")
	}
	name := filepath.Join(t.TempDir(), "exit386")
	if err := os.WriteFile(name, exit386, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(qemu, name).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if runs386() && runtime.GOARCH != "amd64" && runtime.GOARCH != "386" {
		t.Errorf("%s runs a program for 386", runtime.GOARCH)
	}
}
