# make run        a crawl of a small web on this machine, to see what the jar does
# make fleet      three crawls with one jar on a Redis server; one of them is killed
# make test       the tests of every module; needs Go alone
# make check      all that must hold before a change goes in; CI runs only this
# make check-long all else: other machines, browsers, long forms; before an issue is closed
# make fuzz       the fuzz targets for FUZZTIME each
# make bench      this jar beside net/http/cookiejar, as a table with targets
# make ablate     what each trick of the code gains, by taking it out
# make cover      how much of each package the tests reach; 95 % is the least
# make mutants    whether the tests notice when a step of the draft is done wrong
# make soak       the longest forms: much fuzzing, and what check-long has of them
# make release    write the tree as it is to be published: MODULE=PATH VERSION=vX.Y.Z OUT=DIR
# make apidiff    what of the API has changed since the last tag
# make record     record the browsers that are installed again: Chromium, Firefox

GO          ?= go
NEWEST      := go1.27.3
OLDEST      := go$(shell sed -n 's/^go //p' go.mod)
STATICCHECK := $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME    ?= 2m

# Every folder with a go.mod is here: a test of internal/spec holds that.
MODULES := . examples examples/clients jar/boltjar jar/jarfile jar/profile jar/valkeyjar testdata/browsers testdata/inspect

# The packages that every Go program with a jar has in it, and that all machines run.
CORE := ./internal/parse ./internal/words ./jar ./jar/internal/... ./jar/match ./jar/policy ./jar/store/... ./jar/cookiefile ./jar/browser

# Runs go test, and lists at the end what was skipped with NOT TESTED in its message.
GOTEST := $(GO) run ./internal/gotest

.PHONY: release release-test apidiff run fleet test check check-newest check-core check-long vet-others download fmt vet staticcheck staticcheck-clients tidy generate race fuzz-short fuzz bench ablate cover mutants soak long record record-installed record-chromium record-firefox

# It needs redis-server or valkey-server.
fleet:
	@cd examples && $(GO) run ./crawl -fleet

run:
	@cd examples && $(GO) run ./crawl

test:
	@$(GOTEST) -modules "$(MODULES)" -- ./...

# The go command downloads the two versions of Go. Where it cannot, CI fails.
check:
	@.ci/with -or-local $(NEWEST) $(MAKE) --no-print-directory check-newest
	@.ci/with $(OLDEST) $(MAKE) --no-print-directory check-core

check-newest: fmt tidy generate vet staticcheck race cover release-test fuzz-short
	@$(GOTEST) -arch 386 -- -short $(CORE)

check-core:
	@$(GOTEST) -- -short $(CORE)

# What a machine does not have is listed at the end.
check-long:
	@set -e; export NOT_TESTED=$$(mktemp); trap 'rm -f "$$NOT_TESTED"' EXIT; \
	.ci/with $(OLDEST) $(MAKE) --no-print-directory test; \
	.ci/with -or-local $(NEWEST) $(MAKE) --no-print-directory long vet-others staticcheck-clients mutants; \
	echo "check-long passed. What it did not test:"; sort -u "$$NOT_TESTED"

# SOAK has tests take their long forms: ten million lines, many processes, more kills.
# s390x is big-endian, arm is 32-bit, wasm is js/wasm.
long:
	@SOAK=1 $(GOTEST) -modules "$(MODULES)" -- -timeout=0 ./...
	@$(GOTEST) -arch 386 -modules ". jar/boltjar jar/jarfile" -- ./...
	@$(GOTEST) -arch arm64,arm,s390x,riscv64,wasm -- -short -timeout=0 $(CORE)

# It prints the git tags of the modules, in the order in which to push them.
release:
	@$(GO) run ./internal/release -module "$(MODULE)" -version "$(VERSION)" -out "$(OUT)"

# It publishes the modules to a GOPROXY in a temporary folder and uses them as importers do.
release-test:
	@$(GO) test ./internal/release
	@$(GO) run ./internal/release -check

apidiff:
	@.ci/apidiff

# The tests compile for Windows, and do not run. For wasm, some compile that do not run there.
vet-others:
	GOOS=js GOARCH=wasm $(GO) vet ./...
	@set -e; for m in $(MODULES); do (cd $$m && GOOS=windows $(GO) build -o /dev/null ./... && GOOS=windows $(GO) vet ./...); done
	@why="NOT TESTED ON windows: built and vetted in each module, but no test ran"; echo "$$why"; \
	if [ -n "$$NOT_TESTED" ]; then echo "$$why" >>"$$NOT_TESTED"; fi

download:
	@set -e; for m in $(MODULES); do (cd $$m && $(GO) mod download); done

fmt:
	@out=$$(gofmt -s -l .); test -z "$$out" || { echo "gofmt -s would change:"; echo "$$out"; exit 1; }

tidy:
	@set -e; for m in $(MODULES); do (cd $$m && $(GO) mod tidy -diff); done

generate:
	@before=$$(git diff | cksum); \
	for m in $(MODULES); do (cd $$m && $(GO) generate ./...) || exit 1; done; \
	test "$$before" = "$$(git diff | cksum)" || { echo "go generate changes files"; exit 1; }

vet:
	@set -e; for m in $(MODULES); do (cd $$m && $(GO) vet ./...); done
	GOARCH=386 $(GO) vet ./...

# It would analyse the hundred modules that examples/clients needs, for minutes: check-long does.
staticcheck:
	@set -e; for m in $(filter-out examples/clients,$(MODULES)); do (cd $$m && $(STATICCHECK) ./...); done

staticcheck-clients:
	@cd examples/clients && $(STATICCHECK) ./...

# What -short leaves out are long tests of one goroutine, and repetitions of others; cover runs those. In
# examples/clients, most of what the race detector would take minutes to compile is not ours.
race:
	@$(GOTEST) -modules "$(filter-out examples/clients,$(MODULES))" -- -race -short -shuffle=on ./...
	@$(GOTEST) -modules examples/clients -- -short ./...

# So many executions for each target that all take a minute together, and two to compile.
fuzz-short:
	@$(MAKE) --no-print-directory fuzz FUZZTIME=1500x

fuzz:
	@set -e; for d in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
		for f in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$d/*_test.go); do \
			echo "# $$d $$f"; (cd $$d && $(GO) test -run='^$$' -fuzz="^$$f\$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=20x .); \
		done; \
	done

# About five minutes. It fails if a bound on allocations is broken. The second command is in
# another module, and the third compares with encoding/json/v2, which Go 1.27 has.
bench:
	@$(GO) run ./internal/bench
	@cd jar/jarfile && $(GO) test -count=1 -timeout=0 -run='^TestRows$$' -rows=1000000 -v .
	@.ci/with -or-local $(NEWEST) $(GO) test -count=1 -timeout=0 ./jar/cookiefile -run='^TestLoadBesideJSONv2$$' -table=1000000 -v

# About ten minutes. A trick that gains less than a tenth is to go.
ablate:
	@$(GO) run ./internal/bench -ablate

# All packages that users import, and the parser, those in modules of their own included.
# A statement counts as reached whichever package's test reaches it. backendtest is left
# out: most of it is messages about broken backends.
COVERED := . $(filter jar/%,$(MODULES))

cover:
	@set -e; all=$$(mktemp -d); trap 'rm -rf "$$all"' EXIT; \
	for m in $(COVERED); do \
		pkgs=./...; test $$m != . || pkgs="./jar/... ./internal/parse ./internal/words"; \
		(cd $$m && $(GO) test -coverpkg=$$(echo $$pkgs | tr ' ' ,) -coverprofile="$$all/$$(echo "of $$m" | tr /. __)" $$pkgs) >"$$all/log" 2>&1 || { cat "$$all/log"; exit 1; }; \
	done; \
	rm "$$all/log"; cat "$$all"/* | awk ' \
		/^mode:/ || /\/backendtest\// { next } \
		{ if ($$3 > 0) hit[$$1] = 1; size[$$1] = $$2 } \
		END { \
			for (at in size) { p = at; sub(/\/[^\/]*$$/, "", p); n[p] += size[at]; if (at in hit) r[p] += size[at] } \
			for (p in n) { share = 100 * r[p] / n[p]; printf "%-28s %5.1f %% of %d statements%s\n", p, share, n[p], share < 95 ? ": want 95" : "" } \
		}' | sort | tee "$$all/table"; \
	! grep -q ': want' "$$all/table"

mutants:
	$(GO) test ./internal/spec -timeout=0 -run='^TestMutantsAreCaught$$' -mutants=.

soak: long mutants
	$(MAKE) fuzz FUZZTIME=10m

# The scenarios made by hand are recorded over what was recorded of them before. Each
# browser is recorded where it is installed. The list of the scenarios that changed, by
# quirk, comes last, even where the jar does not match them any more.
record:
	@before=$$(mktemp -d); trap 'rm -rf "$$before"' EXIT; \
	cp -R testdata/browsers/recordings/. "$$before"; \
	$(MAKE) --no-print-directory record-installed; failed=$$?; \
	$(GO) test ./jar/internal/rules -v -count=1 -run='^TestChanged$$' -before="$$before"; \
	exit $$failed

record-installed:
	@chromium=$$(command -v chromium) || true; firefox=$$(command -v firefox-esr) || true; \
	test -n "$$chromium$$firefox" || { echo "make record needs a browser: on Debian, apt-get install chromium firefox-esr"; exit 1; }; \
	test -z "$$chromium" || $(MAKE) --no-print-directory record-chromium; \
	test -z "$$firefox" || $(MAKE) --no-print-directory record-firefox
	$(GO) generate ./jar/internal/rules

record-chromium:
	@cd testdata/browsers && \
	$(GO) run ./generate -seed 1 -n 2520 >generated.in.jsonl && \
	$(GO) run ./record -o recordings/generated.jsonl generated.in.jsonl && \
	$(GO) run ./generate -kinds >generated.in.jsonl && \
	$(GO) run ./record -requests -o recordings/kinds.jsonl generated.in.jsonl && \
	$(GO) run ./generate -dates -seed 1 -n 300 >generated.in.jsonl && \
	$(GO) run ./record -o recordings/date.jsonl generated.in.jsonl && \
	$(GO) run ./generate -dots >generated.in.jsonl && \
	$(GO) run ./record -o recordings/dots.jsonl generated.in.jsonl && \
	$(GO) run ./generate -day >generated.in.jsonl && \
	$(GO) run ./record -requests -o recordings/day/chromium.jsonl generated.in.jsonl && \
	$(GO) run ./generate -rest >generated.in.jsonl && \
	$(GO) run ./record -requests -o recordings/rest/chromium.jsonl generated.in.jsonl && \
	rm generated.in.jsonl && \
	$(GO) run ./record -requests -o recordings/stories.jsonl recordings/stories.jsonl && \
	for f in questions sites more parse folds; do \
		$(GO) run ./record -o recordings/$$f.jsonl recordings/$$f.jsonl || exit 1; \
	done

# All cookies accepted, and as Firefox ships.
record-firefox:
	@cd testdata/browsers && \
	$(GO) run ./generate -seed 1 -n 2520 >generated.in.jsonl && \
	$(GO) run ./generate -kinds >kinds.in.jsonl && \
	$(GO) run ./generate -day >day.in.jsonl && \
	$(GO) run ./generate -rest >rest.in.jsonl && \
	for mode in allow partition; do \
		to=recordings/firefox; framed=; \
		test $$mode = allow || { to=recordings/firefox-shipped; framed=-framed; }; \
		record="$(GO) run ./record -browser firefox -tabs 2 -third-party $$mode"; \
		$$record -preferences $$to/preferences.json && \
		$$record $$framed -o $$to/generated.jsonl generated.in.jsonl && \
		$$record -requests -o $$to/kinds.jsonl kinds.in.jsonl && \
		$$record -requests -o recordings/day/$${to#recordings/}.jsonl day.in.jsonl && \
		$$record $$framed -requests -o recordings/rest/$${to#recordings/}.jsonl rest.in.jsonl && \
		$$record -requests -o $$to/stories.jsonl $$to/stories.jsonl || exit 1; \
		for f in $$to/*.jsonl; do \
			case $$f in */generated.jsonl|*/kinds.jsonl|*/stories.jsonl) continue;; esac; \
			$$record -o $$f $$f || exit 1; \
		done; \
	done && \
	rm generated.in.jsonl kinds.in.jsonl day.in.jsonl rest.in.jsonl
