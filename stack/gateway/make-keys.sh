#!/bin/sh
# Makes the gateway's keys, unless there are some that are valid for another day: make-keys.sh FOLDER NAMES
#
# NAMES are the certificate's alternative names in openssl's syntax (DNS:gateway,IP:127.0.0.1). FOLDER receives ca.pem, for
# clients to trust, server.pem and server.key. The authority's own key is deleted: it signs this certificate only.
set -eu
umask 077
folder=$1 names=$2

if openssl x509 -checkend 86400 -noout -in "$folder/server.pem" >/dev/null 2>&1; then
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
new_key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -sha256"

# shellcheck disable=SC2086 # several words on purpose
openssl req -x509 $new_key -days 398 -subj "/CN=stack gateway authority" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign \
    -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
# shellcheck disable=SC2086
openssl req -x509 $new_key -days 397 -subj "/CN=gateway" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
    -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
    -addext extendedKeyUsage=serverAuth -addext "subjectAltName=$names" \
    -keyout "$work/server.key" -out "$work/server.pem" 2>/dev/null

# The certificate is written last: the check above looks for it.
for file in ca.pem server.key server.pem; do
    cp "$work/$file" "$folder/.$file" && mv "$folder/.$file" "$folder/$file"
done
