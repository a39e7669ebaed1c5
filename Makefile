# make run     a crawl of a small web on this machine, to see what the jar does
# make test    the tests of every module
# make check   all that must hold before a change goes in; CI runs only this
# make fuzz    the fuzz targets for FUZZTIME each
# make record  record testdata/chromium anew; needs Chromium

GO          ?= go
MODULES     := . $(patsubst %/go.mod,%,$(wildcard examples/go.mod jar/*/go.mod testdata/*/go.mod))
STATICCHECK := $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.7.0
FUZZTIME    ?= 2m

.PHONY: run test check fuzz record fmt vet staticcheck tidy generate race fuzz-short

run:
	@cd examples && $(GO) run ./crawl

test:
	@set -e; for m in $(MODULES); do echo "# $$m"; (cd $$m && $(GO) test ./...); done

check: fmt tidy generate vet staticcheck race fuzz-short

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
	@set -e; for p in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
			echo "# $$p $$f"; $(GO) test -run='^$$' -fuzz="^$$f\$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=20x $$p; \
		done; \
	done

# The scenarios made by hand are recorded over what was recorded of them before.
record:
	@cd testdata/chromium && { command -v chromium >/dev/null || \
		{ echo "make record needs Chromium: on Debian, apt-get install chromium"; exit 1; }; } && \
	$(GO) run ./generate -seed 1 -n 2520 >generated.in.jsonl && \
	$(GO) run ./record -o recordings/generated.jsonl generated.in.jsonl && \
	rm generated.in.jsonl && \
	for f in questions sites more; do \
		$(GO) run ./record -o recordings/$$f.jsonl recordings/$$f.jsonl || exit 1; \
	done
	$(GO) generate ./jar/policy
