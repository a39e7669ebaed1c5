# make run     a crawl of a small web on this machine, to see what the jar does
# make test    the tests of every module
# make check   all that must hold before a change goes in; CI runs only this
# make fuzz    the fuzz targets for FUZZTIME each
# make bench   this jar beside net/http/cookiejar, as a table with targets
# make cover   how much of each package the tests reach; 95 % is the least
# make mutants whether the tests notice when a step of the draft is done wrong
# make soak    the long forms: ten million lines, many processes, mutants, much fuzzing
# make record  record testdata/browsers again; needs Chromium or Firefox

GO          ?= go
MODULES     := . $(patsubst %/go.mod,%,$(wildcard examples/go.mod jar/*/go.mod testdata/*/go.mod))
STATICCHECK := $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.7.0
FUZZTIME    ?= 2m

.PHONY: run test check fuzz bench cover mutants soak record record-chromium record-firefox fmt vet staticcheck tidy generate race fuzz-short

run:
	@cd examples && $(GO) run ./crawl

test:
	@set -e; for m in $(MODULES); do echo "# $$m"; (cd $$m && $(GO) test ./...); done

check: fmt tidy generate vet staticcheck race cover fuzz-short

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
	GOOS=windows $(GO) vet ./...
	GOOS=js GOARCH=wasm $(GO) vet ./...
	GOARCH=386 $(GO) vet ./...

staticcheck:
	@set -e; for m in $(MODULES); do (cd $$m && $(STATICCHECK) ./...); done

race:
	@set -e; for m in $(MODULES); do echo "# $$m"; (cd $$m && $(GO) test -race -shuffle=on ./...); done

# So many executions for each target that all take about two minutes together.
fuzz-short:
	@$(MAKE) --no-print-directory fuzz FUZZTIME=4000x

fuzz:
	@set -e; for m in $(MODULES); do cd $(CURDIR)/$$m; for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "# $$p $$f"; $(GO) test -run='^$$' -fuzz="^$$f\$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=20x $$p; \
		done; \
	done; done

# About three minutes. It fails if a bound on allocations is broken.
bench:
	@$(GO) run ./internal/bench

# All packages that users import, and the parser, those in modules of their own included.
# A statement counts as reached whichever package's test reaches it. Most of
# backendtest is what it says of backends that are broken.
COVERED := . $(patsubst %/go.mod,%,$(wildcard jar/*/go.mod))

cover:
	@set -e; all=$$(mktemp -d); trap 'rm -rf "$$all"' EXIT; \
	for m in $(COVERED); do \
		pkgs=./...; test $$m != . || pkgs=./jar/...,./internal/parse,./internal/words; \
		(cd $$m && $(GO) test -short -coverpkg=$$pkgs -coverprofile="$$all/$$(echo "of $$m" | tr /. __)" ./...) >"$$all/log" 2>&1 || { cat "$$all/log"; exit 1; }; \
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

# SOAK has tests take their long forms, and FUZZTIME is longer. What is killed is
# killed more often.
soak:
	@set -e; for m in $(MODULES); do echo "# $$m"; (cd $$m && SOAK=1 $(GO) test -timeout=0 ./...); done
	$(MAKE) mutants
	$(MAKE) fuzz FUZZTIME=10m

# The scenarios made by hand are recorded over what was recorded of them before. Each
# browser is recorded where it is installed.
record:
	@chromium=$$(command -v chromium) || true; firefox=$$(command -v firefox-esr) || true; \
	test -n "$$chromium$$firefox" || { echo "make record needs a browser: on Debian, apt-get install chromium firefox-esr"; exit 1; }; \
	test -z "$$chromium" || $(MAKE) --no-print-directory record-chromium; \
	test -z "$$firefox" || $(MAKE) --no-print-directory record-firefox
	$(GO) generate ./jar/policy

record-chromium:
	@cd testdata/browsers && \
	$(GO) run ./generate -seed 1 -n 2520 >generated.in.jsonl && \
	$(GO) run ./record -o recordings/generated.jsonl generated.in.jsonl && \
	$(GO) run ./generate -kinds >generated.in.jsonl && \
	$(GO) run ./record -requests -o recordings/kinds.jsonl generated.in.jsonl && \
	rm generated.in.jsonl && \
	$(GO) run ./record -requests -o recordings/stories.jsonl recordings/stories.jsonl && \
	for f in questions sites more parse; do \
		$(GO) run ./record -o recordings/$$f.jsonl recordings/$$f.jsonl || exit 1; \
	done

# All cookies accepted, and as Firefox ships.
record-firefox:
	@cd testdata/browsers && \
	$(GO) run ./generate -seed 1 -n 2520 >generated.in.jsonl && \
	$(GO) run ./generate -kinds >kinds.in.jsonl && \
	for mode in allow partition; do \
		to=recordings/firefox; framed=; \
		test $$mode = allow || { to=recordings/firefox-shipped; framed=-framed; }; \
		record="$(GO) run ./record -browser firefox -tabs 2 -third-party $$mode"; \
		$$record -preferences $$to/preferences.json && \
		$$record $$framed -o $$to/generated.jsonl generated.in.jsonl && \
		$$record -requests -o $$to/kinds.jsonl kinds.in.jsonl && \
		$$record -requests -o $$to/stories.jsonl $$to/stories.jsonl || exit 1; \
		for f in $$to/*.jsonl; do \
			case $$f in */generated.jsonl|*/kinds.jsonl|*/stories.jsonl) continue;; esac; \
			$$record -o $$f $$f || exit 1; \
		done; \
	done && \
	rm generated.in.jsonl kinds.in.jsonl
