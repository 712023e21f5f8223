# Sourced: programs that are missing, installed with the ordinary package clients.

# `install_packages NAME…`: packages of Debian.
install_packages() {
    if (($# == 0)); then
        echo 'nothing is missing'
        return
    fi
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || { echo "missing, and neither root nor sudo to install: $*" >&2; return 1; }
        as_root=(sudo --non-interactive)
    fi
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# `python_tools DIRECTORY REQUIREMENTS`: what the file names, all of it, in that directory; nothing when it is there already.
python_tools() {
    cmp -s "$2" "$1/installed.txt" && return
    rm -rf "$1"
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$2"
    cp "$2" "$1/installed.txt"
}
