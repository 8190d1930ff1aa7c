#!/usr/bin/env bash
# MCP calls with curl; sourced by deploy/check-images. Needs: $work, a folder of its own.
# shellcheck disable=SC2154

now() { date +%s%3N; }

call() { # call ENDPOINT TOOL ARGUMENTS [curl options]
  curl -s -m 60 "$1" -H 'Content-Type: application/json' -H 'MCP-Protocol-Version: 2026-07-28' -H 'Mcp-Method: tools/call' -H "Mcp-Name: $2" "${@:4}" \
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"'"$2"'","arguments":'"$3"',"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}'
}

succeeded() { [[ $1 == *'"result":'* && $1 != *'"isError":true'* ]]; }

append() { call "$1" append_event '{"vault_path":"'"$2"'","event_type":"decision","data":{"title":"'"$3"'"}}'; }

events() { # events ENDPOINT VAULT: how many it holds
  call "$1" query_timeline '{"vault_path":"'"$2"'"}' | grep -o '"structuredContent":.*' | grep -o '"event_type"\|"type":"decision"' | wc -l
}

until_ok() { # until_ok URL SECONDS: milliseconds that it took to answer 200
  local start end; start=$(now); end=$((start + $2 * 1000))
  until curl -sf -m 2 -o /dev/null "$1"; do
    (($(now) < end)) || return 1
    sleep 0.02
  done
  echo $(($(now) - start))
}

start_load() { # start_load ENDPOINT VAULT WORKERS: appends, each at once after the other, until stop_load
  : >"$work/answers"; touch "$work/loading"
  for worker in $(seq "$3"); do
    (
      n=0
      while [[ -f $work/loading ]]; do
        answer=$(append "$1" "$2" "$worker-$((n += 1))") || true
        if succeeded "$answer"; then echo ok; else echo "failed ${answer:0:300}"; fi >>"$work/answers"
      done
    ) &
    workers+=($!)
  done
}

stop_load() { rm -f "$work/loading"; wait "${workers[@]}"; workers=(); }

answered() { grep -c "^$1" "$work/answers" || true; }
