# shellcheck shell=bash
# Sourced by fuzz.sh and check_fuzz_seeds.sh: the first inputs of a fuzz target, as bytes.
#   tests/fuzz/NAME/*.hex      hexadecimal digits
#   tests/fuzz/NAME/files      patterns of files in the tree that are inputs as they are

collect_seeds() { # target's name, directory to put them in
    local text file
    mkdir -p "$2"
    for text in tests/fuzz/"$1"/*.hex; do
        [ -f "$text" ] || continue
        /usr/bin/python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(open(sys.argv[1]).read()))' "$text" \
            > "$2/$(basename "$text" .hex)" || return 1
    done
    [ -f "tests/fuzz/$1/files" ] || return 0
    for file in $(cat "tests/fuzz/$1/files"); do # not quoted: the patterns are to be expanded
        cp "$file" "$2/${file//\//_}" || return 1
    done
}
