#!/usr/bin/env bash
# What docker and podman say differently; sourced by the scripts beside it. Needs: $engine, $project, $log.
# shellcheck disable=SC2154

choose_engine() { # the first that answers
  local name
  for name in docker podman; do
    command -v "$name" >/dev/null && "$name" info >/dev/null 2>&1 && { echo "$name"; return; }
  done
  return 1
}

# podman writes OCI images, which have no HEALTHCHECK, unless told otherwise; and without systemd it cannot run them by itself: this script does.
export BUILDAH_FORMAT=docker

quiet() { "$@" 2> >(grep -v "healthcheck\|for volumes-from" >&2); }

compose() { # compose FILE ARGUMENTS...
  local file=$1 plain exit=0; shift
  if [[ $engine == docker ]]; then docker compose -p "$project" -f "$file" "$@"; return; fi
  # podman-compose 1.0 leaves ${NAME:-} as it is, and makes ${NAME} empty. Beside the file, for what that names is found from there.
  plain=$(mktemp --suffix=.yaml "${file%.yaml}.XXXXXX") || return
  sed 's/:-}/}/g' "$file" >"$plain"
  podman-compose -p "$project" -f "$plain" "$@" || exit=$?
  rm -f "$plain"
  return "$exit"
}

container() { # container SERVICE: its id
  "$engine" ps -aq --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1" | head -1
}

recreate() { # recreate FILE SERVICE: a new container in the place of the old one, as for a new version
  if [[ $engine == docker ]]; then
    compose "$1" up -d --no-build --no-deps --force-recreate "$2"
  else # podman-compose would take down all of them
    podman stop -t 90 "$(container "$2")" && podman rm "$(container "$2")" && compose "$1" up -d --no-build --no-deps "$2"
  fi
} >>"$log" 2>&1

until_healthy() { # until_healthy SERVICE SECONDS: its own health command says so
  local program=Gateway end=$((SECONDS + $2))
  [[ $1 != silo* ]] || program=Silo
  until "$engine" exec "$(container "$1")" "/app/Granary.$program" health >>"$log" 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.5
  done
}

balanced() { # how many gateways the balancer sends calls to; 0 where it does not say
  local count
  count=$("$engine" exec "$(container balancer)" bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET /balancer/gateways HTTP/1.0\r\n\r\n" >&3 && tail -n 1 <&3' 2>>"$log") || true
  if [[ $count =~ ^[0-9]+$ ]]; then echo "$count"; else echo 0; fi
}

until_balanced() { # until_balanced COUNT SECONDS: it finds a container made anew by its name, which may take a while
  local end=$((SECONDS + $2))
  until (($(balanced) >= $1)); do
    ((SECONDS < end)) || return 1
    sleep 0.5
  done
}

bytes() { "$engine" image inspect --format '{{.Size}}' "$1"; }

label() { "$engine" image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$2\"}}" "$1"; }

megabytes() { awk -v b="$1" 'BEGIN { printf "%.0f MB", b / 1e6 }'; }

stand_in() { # whether an image was made on this machine in the place of a public one
  [[ $("$engine" history --format '{{.Comment}} {{.CreatedBy}}' "$1" 2>/dev/null | tail -1) == *[Ii]mported* ]]
}

process_of() { # process_of CONTAINER FIELD: what Linux says of its first process
  sed -n "s/^$2:[[:space:]]*//p" "/proc/$("$engine" inspect --format '{{.State.Pid}}' "$1")/status"
}
