#!/usr/bin/env bash
# Works on one order; on each order only one at a time, in all pods together. Usage: keyed.sh ORDER [STEPS]
# Needs bash, curl, and Linux for its clock. ORDER is used as it is in a URL.
set -euo pipefail

readonly holdfast=${HOLDFAST_URL:-http://127.0.0.1:4040}
readonly lock=${LOCK:-orders}
readonly resource=${RESOURCE_URL:-http://127.0.0.1:8080/order}
readonly order=${1:?usage: keyed.sh ORDER [STEPS]}
readonly steps=${2:-3}

# Milliseconds on a clock that nobody sets.
now() {
    local up
    read -r up _ </proc/uptime
    echo $((10#${up/./} * 10))
}

# sidecar METHOD PATH SECONDS [BODY]
sidecar() {
    curl -sSf --noproxy '*' --max-time "$3" -X "$1" ${4:+-d "$4"} "$holdfast$2"
}

# field JSON NAME: a number or a plain text.
field() {
    [[ $1 =~ \"$2\":\"?([A-Za-z0-9_-]+) ]] && echo "${BASH_REMATCH[1]}"
}

# The guarded action, whatever yours is: write TOKEN SECONDS TEXT. It is given up in time, and the resource gets the token.
write() {
    curl -sSf -o /dev/null --max-time "$2" -X PUT -H "Fencing-Token: $1" --data-raw "$3" "$resource"
}

# Not renewed, the key is free again after its lease. (A stream held open by curl would outlive this shell when that is killed.)
lease=$(field "$(sidecar POST "/v1/locks/$lock/keys/$order/acquire" 65 '{"wait":"60s"}')" leaseId)
trap 'sidecar DELETE "/v1/leases/$lease" 5 || true' EXIT
trap 'exit 1' INT TERM
for ((step = 1; step <= steps; step++)); do
    asked=$(now) # before asking: no delay on the way can make the key look held for longer
    state=$(sidecar POST "/v1/leases/$lease/renew" 5)
    token=$(field "$state" fencingToken)
    left=$((asked + $(field "$state" validForMs) - $(now)))
    ((left > 0)) || exit 1
    write "$token" "$((left / 1000)).$(printf %03d $((left % 1000)))" "$HOSTNAME $step"
    echo "step $step of $order with token $token"
    sleep 1
done
