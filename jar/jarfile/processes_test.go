package jarfile

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"uacookie/jar"
)

var (
	soak   = flag.Duration("soak", 0, "how long ten processes save to each of two files; 0 is for a few times each")
	shared = flag.String("shared", "", "run as one of the ten processes, on this file")
	number = flag.Int("number", 0, "which of them")
)

// fewSaves is how often each process saves at least.
const fewSaves = 10

// Ten processes that save to one file lose nothing, and nothing that they deleted
// comes back. For a minute of it, for each of two formats:
//
//	SOAK=1 go test -run TestProcesses -v
func TestProcesses(t *testing.T) {
	if *shared != "" {
		process(t)
		return
	}
	if os.Getenv("SOAK") != "" { // make soak
		*soak = time.Minute
	}
	const processes = 10
	for _, name := range []string{"jar.json", "cookies.txt"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			var all [processes]*exec.Cmd
			var output [processes]bytes.Buffer
			for i := range all {
				all[i] = exec.CommandContext(t.Context(), self, "-test.run=^TestProcesses$",
					"-shared="+path, fmt.Sprint("-number=", i), fmt.Sprint("-soak=", *soak))
				all[i].Stdout, all[i].Stderr = &output[i], &output[i]
				if err := all[i].Start(); err != nil {
					t.Fatal(err)
				}
			}
			var want []string
			total := 0
			for i, cmd := range all {
				saves := 0
				err := cmd.Wait()
				if err == nil {
					_, err = fmt.Fscanf(bytes.NewReader(output[i].Bytes()), "%d saves\n", &saves)
				}
				if err != nil {
					t.Errorf("process %d: %v\n%s", i, err, output[i].String())
				}
				for n := range saves {
					if n%3 != 0 || n == saves-1 {
						want = append(want, fmt.Sprintf("p%d-%d=%d", i, n, n))
					}
				}
				total += saves
			}
			slices.Sort(want)
			if got := strings.Fields(pairs(t, path)); !slices.Equal(got, want) {
				t.Errorf("in the file: %d cookies\n%q\nwant %d\n%q", len(got), got, len(want), want)
			}
			t.Logf("%d saves of ten processes, %d cookies in the end", total, len(want))
		})
	}
}

// process is one of the ten: it adds a cookie, deletes some that it added before,
// and saves. At the end it says how often.
func process(t *testing.T) {
	o := options()
	o.Jar.Limits = new(jar.Limits) // all are of one site
	f := open(t, *shared, o)
	n := 0
	for start := time.Now(); n < fewSaves || time.Since(start) < *soak; n++ {
		if n > 0 && (n-1)%3 == 0 {
			remove(f, fmt.Sprintf("p%d-%d", *number, n-1))
		}
		set(t, f, cookie(fmt.Sprintf("p%d-%d", *number, n), fmt.Sprint(n)))
		save(t, f)
	}
	fmt.Println(n, "saves")
}
