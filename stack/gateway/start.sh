#!/bin/sh
# Makes the keys if needed, writes the settings into the configuration, and becomes nginx.
set -eu
make-keys.sh /tls "$TLS_NAMES"
mkdir -p /run/gateway
for file in /etc/gateway/*.conf; do
    # shellcheck disable=SC2016 # envsubst takes the names of the variables
    envsubst '$RATE_LIMIT_PER_S $RATE_LIMIT_BURST $MAX_BODY_BYTES' <"$file" >"/run/gateway/${file##*/}"
done
exec nginx -c /run/gateway/nginx.conf
