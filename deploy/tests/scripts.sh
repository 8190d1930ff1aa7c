#!/usr/bin/env bash
# What the scripts do, told by a docker and a dotnet that only write down how they were called. Sourced by deploy/check.

# fakes: a docker and a podman that know what FAKE_* say, a dotnet that exits with FAKE_EXIT, and a git that is the real one.
make_fakes() {
  bin=$(mktemp -d); calls=$bin/calls
  cat >"$bin/docker" <<'FAKE'
#!/usr/bin/env bash
echo "docker $*" >>"$(dirname "$0")/calls"
case $* in
  'buildx version') [[ -z ${FAKE_NO_BUILDX:-} ]] ;;
  'buildx inspect granary-multiplatform') exit 1 ;;
  'buildx create'*) [[ -z ${FAKE_NO_BUILDER:-} ]] ;;
  'buildx imagetools inspect'*) printf 'Platform:    %s\n' ${FAKE_MANIFEST:-linux/amd64 linux/arm64} ;;
  'run --rm --privileged'*) [[ -z ${FAKE_NO_QEMU:-} ]] ;;
esac
FAKE
  cat >"$bin/podman" <<'FAKE'
#!/usr/bin/env bash
echo "podman $*" >>"$(dirname "$0")/calls"
[[ $* != 'manifest inspect'* ]] || printf '  "architecture": "%s",\n' ${FAKE_MANIFEST:-amd64 arm64}
FAKE
  printf '#!/usr/bin/env bash\necho "dotnet $*" >>"%s"\nexit "${FAKE_EXIT:-0}"\n' "$calls" >"$bin/dotnet"
  printf '#!/usr/bin/env bash\n[[ $* != -m ]] && exec /usr/bin/uname "$@"; echo x86_64\n' >"$bin/uname"
  chmod +x "$bin"/*
}

run() { # run COMMAND...: sets exit, output and the calls that were made
  : >"$calls"; exit=0
  output=$(PATH=$bin:$PATH "$@" 2>&1) || exit=$?
  made=$(<"$calls")
}

says() { [[ $output == *"$1"* ]]; }
made() { [[ $made == *"$1"* ]]; }

test_scripts() {
  make_fakes
  local build=deploy/build-multiplatform

  run $build --help
  ok "build-multiplatform: --help names every option" all_named
  run $build -r registry.example.com/team -t 1.2.3 --push
  ok "build-multiplatform: pushes both images for both platforms" both_pushed
  ok "build-multiplatform: SBOM and provenance are on" made '--sbom=true --provenance=mode=max'
  ok "build-multiplatform: QEMU is set up for the other platform alone" made 'binfmt --install arm64'
  ok "build-multiplatform: looks into what it pushed, pulls each platform, and starts it" verified
  ok "build-multiplatform: base images are pinned by their digests" on_pinned_bases
  run $build --unpinned
  ok "build-multiplatform: --unpinned takes them by their tags" on_tags
  run $build --registry registry.example.com --push --no-attestations --only silo -p linux/arm64 -n barn
  ok "build-multiplatform: --no-attestations, --only, -p and -n are heeded" heeded
  run $build
  ok "build-multiplatform: without --push this platform is loaded, and that is said" loaded
  FAKE_NO_BUILDER=1 run $build
  ok "build-multiplatform: falls back to this platform where no builder can be made, and says so" fell_back
  FAKE_NO_BUILDER=1 run $build --registry r.example.com --push
  ok "build-multiplatform: pushes nothing less than was asked for" refused 'nothing is pushed'
  FAKE_MANIFEST=linux/amd64 run $build --registry r.example.com --push
  ok "build-multiplatform: a platform that is missing from what was pushed is an error" failed 'has no linux/arm64'
  FAKE_NO_QEMU=1 run $build --registry r.example.com --push
  ok "build-multiplatform: builds without QEMU, and says what that means" without_qemu
  FAKE_NO_BUILDX=1 run $build
  ok "build-multiplatform: no buildx is a sentence" refused 'no buildx'
  run $build --engine podman -r registry.example.com/team --push
  ok "build-multiplatform: podman pushes both images for both platforms, pulls each, and says what it lacks" podman_pushed
  run $build --engine podman
  ok "build-multiplatform: podman without --push builds this platform alone, and says so" podman_built
  FAKE_MANIFEST=amd64 run $build --engine podman --registry r.example.com --push
  ok "build-multiplatform: a platform that podman's manifest lacks is an error, too" failed 'has no linux/arm64'
  local bad
  for bad in '--push' '-t' '-t .x' '-n Upper' '-p windows/amd64' '--only both' '--engine none' '--what'; do
    # shellcheck disable=SC2086
    run $build $bad
    ok "build-multiplatform: refuses $bad" refused 'Error: '
  done

  run eng/image-gate Vault.Tests Tenants.Tests
  ok "the gate runs the projects it is given" gated
  FAKE_EXIT=1 run eng/image-gate Vault.Tests Tenants.Tests
  ok "the gate: a failing test fails the image, at once" failed 'Vault.Tests did not pass'
  SKIP_TESTS=1 FAKE_EXIT=1 run eng/image-gate Vault.Tests
  ok "the gate: SKIP_TESTS is heeded, and said" skipped
  IMAGE=$bin run eng/image-publish arm64 1.2.3 Gateway No.Such.Project
  ok "publishing: for the image's processor, with its version, compiled ahead" published
  rm -rf "$bin"
}

all_named() { for option in --engine --name --tag --registry --platforms --push --help --no-attestations --unpinned -n -t -r -p -h; do says "$option" || return 1; done; }
both_pushed() {
  ((exit == 0)) && made '--push' && made '--platform linux/amd64,linux/arm64 -t registry.example.com/team/granary-gateway:1.2.3 -f Dockerfile.gateway' &&
    made '-t registry.example.com/team/granary-silo:1.2.3 -f Dockerfile.silo'
}
verified() {
  made 'imagetools inspect registry.example.com/team/granary-gateway:1.2.3' && made 'pull --quiet --platform linux/amd64 registry' &&
    made 'pull --quiet --platform linux/arm64 registry.example.com/team/granary-silo:1.2.3' &&
    made 'run --rm --platform linux/arm64 registry.example.com/team/granary-silo:1.2.3 --version'
}
on_pinned_bases() { [[ $made =~ --build-arg=DOTNET=10\.0@sha256:[0-9a-f]{64}\ --build-arg=RUNTIME=10\.0@sha256:[0-9a-f]{64}\ \. ]]; }
on_tags() { ((exit == 0)) && ! made DOTNET= && ! made RUNTIME=; }
heeded() { ((exit == 0)) && made '--sbom=false --provenance=false' && made '--platform linux/arm64' && made '-t registry.example.com/barn-silo:latest' && ! made Dockerfile.gateway; }
podman_pushed() {
  ((exit == 0)) && says 'no SBOM' && ! made docker\ buildx && made 'podman build --platform linux/amd64,linux/arm64 --manifest registry.example.com/team/granary-gateway:latest -f Dockerfile.gateway' &&
    made 'manifest push --all registry.example.com/team/granary-silo:latest docker://registry.example.com/team/granary-silo:latest' &&
    made 'pull --quiet --platform linux/arm64 registry.example.com/team/granary-silo:latest'
}
podman_built() { ((exit == 0)) && says 'linux/amd64 alone' && made 'podman build --platform linux/amd64 -t granary-silo:latest' && ! made push; }
loaded() { ((exit == 0)) && made '--load --platform linux/amd64 ' && ! made --push && says 'linux/amd64 alone'; }
fell_back() { ((exit == 0)) && made '--platform linux/amd64 ' && ! made --builder && ! made --sbom && says 'Only linux/amd64'; }
refused() { ((exit == 2)) && says "$1" && ! made 'buildx build'; }
failed() { ((exit != 0)) && says "$1"; }
without_qemu() { ((exit == 0)) && says 'no QEMU for linux/arm64' && ! made 'run --rm --platform linux/arm64' && made '--platform linux/amd64,linux/arm64'; }
gated() { ((exit == 0)) && [[ $(wc -l <"$calls") == 2 ]] && made 'test Vault.Tests' && made 'test Tenants.Tests'; }
skipped() { ((exit == 0)) && says 'not gated' && ! made dotnet; }
published() { ((exit == 0)) && [[ $(wc -l <"$calls") == 1 ]] && made 'publish Gateway' && made '-a arm64' && made 'PublishReadyToRun=true' && made 'Version=1.2.3'; }
