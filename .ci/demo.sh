# Sourced: demonstrations on an empty directory of their own, one after the other, and their end, whatever ends the script.

scratch=$(mktemp -d)
server=

stop_demo() {
    local code=0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || code=$?
    server=
    exec {said}<&-
    return "$code"
}

finish() {
    local code=$?
    if [[ -n $server ]]; then
        stop_demo || true
    fi
    rm -rf "$scratch"
    exit "$code"
}
trap finish EXIT

# `start_demo NAME [OPTION…]`: starts one in that part of the scratch directory, and leaves the line that it prints once it listens in `demo`.
start_demo() {
    local data=$scratch/$1
    shift
    mkfifo "$data.said"
    # `cargo run` becomes the program, so its process id is the server's.
    JALON_DATA_DIR=$data JALON_LISTEN=127.0.0.1:0 cargo run --locked --quiet -- demo --json "$@" >"$data.said" </dev/null &
    server=$!
    exec {said}<"$data.said"
    if ! read -r -t 600 demo <&"$said"; then
        echo 'the demo did not say that it listens' >&2
        return 1
    fi
}
