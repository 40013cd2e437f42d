#!/usr/bin/env bash
# Works while this pod holds the lock, and only then. Needs bash 4.4, curl, and Linux for its clock.
set -uo pipefail

readonly holdfast=${HOLDFAST_URL:-http://127.0.0.1:4040}
readonly lock=${LOCK:-reports}
readonly resource=${RESOURCE_URL:-http://127.0.0.1:8080/report}

# Milliseconds on a clock that nobody sets.
now() {
    local up
    read -r up _ </proc/uptime
    echo $((10#${up/./} * 10))
}

# The guarded action, whatever yours is: write TOKEN SECONDS TEXT. It is given up in time, and the resource gets the token.
write() {
    curl -sSf -o /dev/null --max-time "$2" -X PUT -H "Fencing-Token: $1" --data-raw "$3" "$resource"
}

# One step of the work, if this pod holds now.
step() {
    local asked state token left seconds
    asked=$(now) # before asking: no delay on the way can make the lock look held for longer
    state=$(curl -sSf --noproxy '*' --max-time 5 "$holdfast/v1/locks/$lock") || return
    [[ $state =~ \"fencingToken\":([0-9]+) ]] || return
    token=${BASH_REMATCH[1]}
    [[ $state =~ \"validForMs\":([0-9]+) ]] || return
    left=$((asked + BASH_REMATCH[1] - $(now)))
    ((left > 0)) || return
    printf -v seconds '%d.%03d' $((left / 1000)) $((left % 1000))
    write "$token" "$seconds" "$HOSTNAME $((++steps))" && echo "step $steps with token $token"
}

stream=
trap '[[ -z $stream ]] || kill "$stream" 2>/dev/null' EXIT
trap 'exit 0' INT TERM
steps=0
while true; do
    may_work=no
    event=
    exec {events}< <(exec curl -sSfN --noproxy '*' "$holdfast/v1/locks/$lock/events")
    stream=$!
    while true; do
        if read -r -t 1 -u "$events" line; then
            case $line in
            'event: '*) event=${line#event: } ;;
            'data: '*)
                may_work=no
                [[ $event == at-risk || $line != *'"held":true'* ]] || may_work=yes
                ;;
            esac
        elif (($? <= 128)); then
            break # the stream has ended: stop until there is another
        elif [[ $may_work == yes ]]; then
            step # a second without news
        fi
    done
    exec {events}<&-
    sleep 1
done
