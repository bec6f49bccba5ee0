# Photoplay: a compiler from screenplays to films. `make help` lists everything.

.DEFAULT_GOAL := help
PHOTOPLAY := target/release/photoplay
FILM ?= examples/junkyard/junkyard.play
FUZZ_SECONDS ?= 1800
FUZZ_TARGETS := script server lock pictures vault weights
QUICK := cli diagnostics docs fountain lsp plans script tidy ui understanding
export PHOTOPLAY_DIFFUSERS ?= $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/photoplay/diffusers/bin/python

.PHONY: help setup build gpu film quick test preview-test delivery-test parity scorecard compatibility lint fmt bench bench-animatic bench-networks bench-reel bench-reuse bench-watch bench-lsp fuzz editors editors-test install clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install missing system packages and libtorch (quick if nothing is missing)
	@tools/setup.sh

build: setup ## the photoplay binary, in target/release
	cargo build --release

gpu: build ## the networks on an NVIDIA GPU (fetches PyTorch with CUDA's libraries, once: 5 GB)
	@tools/setup.sh gpu
	$(PHOTOPLAY) doctor

film: build ## build examples/junkyard (FILM=... for another script)
	$(PHOTOPLAY) build $(FILM)

quick: ## the tests that most edits need, without libtorch and FFmpeg
	cargo test --no-default-features --target-dir target/bare --lib $(addprefix --test ,$(QUICK))

test: setup ## all tests
	cargo test --workspace
	@$(MAKE) --no-print-directory preview-test
	@$(MAKE) --no-print-directory delivery-test

preview-test: ## the preview page in Chromium; screenshots go to target/browser
	@tools/setup.sh tests
	cargo build --bins
	cd tests/browser && node preview.mjs ../../target/debug/photoplay ../../target/browser

delivery-test: ## turnovers read by opentimelineio, melt and FFmpeg's tools (PHOTOPLAY_FCPXML_DTD=folder: Apple's DTDs too)
	@tools/setup.sh tests
	PHOTOPLAY_READERS=$${XDG_DATA_HOME:-$$HOME/.local/share}/photoplay/readers/bin/python \
		cargo test --test delivery -- --ignored

parity: setup ## Toy Theatre's frames beside those of Python diffusers (fetches it: 5 GB)
	@tools/setup.sh parity
	cargo test --test theatre -- --ignored --nocapture

scorecard: setup ## how well Toy Theatre shows scenes it was not trained on, in SCORECARD.md (an hour; SCENES=200)
	@tools/setup.sh tests
	@mkdir -p target/art
	@[ -d target/art/package ] || { cd target/art && npm pack --silent @lobehub/fluent-emoji-3d && \
		tar xzf lobehub-fluent-emoji-3d-*.tgz; }
	cargo build --release --workspace
	OMP_WAIT_POLICY=passive target/release/photoplay-trainer scorecard --art target/art/package \
		$(if $(SCENES),--scenes $(SCENES)) --threads 1

compatibility: ## the elements of the .fountain files of FOLDER, here and in other parsers (WHERE=1: by line)
	$(if $(FOLDER),,$(error FOLDER= names a folder with .fountain files))
	@[ -d target/peers/node_modules ] || npm install --silent --prefix target/peers fountain-js@1.2.4
	@[ -d target/peers/python ] || python3 -m pip install --quiet --disable-pip-version-check \
		--target target/peers/python screenplain==0.12.0 screenplay-tools==0.0.10
	@tools/peers/peers.py $(FOLDER) $(if $(WHERE),--differences)

lint: setup ## formatting, clippy, documentation, the build without libtorch and FFmpeg, the fuzz targets
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps
	cargo build --no-default-features --bin photoplay --target-dir target/bare
	cargo check --manifest-path fuzz/Cargo.toml --target-dir target/fuzz

fmt: ## format the sources
	cargo fmt --all

bench: setup ## times: `plan` on the examples, each stage on 5,000 lines
	cargo bench --bench plan --bench stages

bench-networks: setup ## times: the networks and Python diffusers, in pairs (CASES='clip 5': one group, five pairs; 'gpu 10')
	@tools/setup.sh parity
	OMP_WAIT_POLICY=passive cargo bench --bench networks $(if $(CASES),-- $(CASES))

bench-reuse: setup ## times and quality of `--quality draft`, at several thresholds
	OMP_WAIT_POLICY=passive cargo bench --bench reuse

bench-animatic: setup ## how fast the animatic of the examples is made, as a multiple of its length
	cargo bench --bench animatic

bench-reel: setup ## what the story reel of the novel costs: processor time for a second of film, from nothing
	OMP_WAIT_POLICY=passive cargo bench --bench reel

bench-watch: build ## times: from a save to the screen
	@tools/setup.sh tests
	cd tests/browser && node bench.mjs ../../$(PHOTOPLAY)

bench-lsp: ## times: keystrokes and requests of an editor in a script of 5,000 lines
	cargo bench --no-default-features --bench lsp --target-dir target/bare

fuzz: ## everything that reads other people's bytes, under libFuzzer (FUZZ_SECONDS=1800 each)
	command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
	@mkdir -p fuzz/corpus/script
	find examples stdlib tests \( -name '*.play' -o -name '*.fountain' \) -size -16k | \
		while read -r script; do cp "$$script" "fuzz/corpus/script/$$(echo "$$script" | tr / -)"; done
	@mkdir -p $(addprefix fuzz/corpus/,$(FUZZ_TARGETS))
	find examples docs tests models -size -16k | while read -r file; do case $$file in \
		*.png | *.jpg | *.webp) cp "$$file" "fuzz/corpus/pictures/$$(echo "$$file" | tr / -)" ;; \
		*.safetensors) cp "$$file" "fuzz/corpus/weights/$$(echo "$$file" | tr / -)" ;; \
	esac; done
	for target in $(FUZZ_TARGETS); do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target -- -dict=fuzz/words.dict \
			-max_len=8192 -timeout=10 -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

editors: ## the editors' extensions: VS Code's .vsix, folders in target/editors
	@editors/pack.sh

editors-test: ## the grammars against every script, the editors with the real server
	@editors/test.sh

install: setup ## photoplay into cargo's bin folder
	cargo install --path .

clean: ## remove all builds
	cargo clean
