"""The settings of HTTP clients and of TLS in Alertmanager's configuration.

Source: https://github.com/prometheus/common/blob/main/config/http_config.go.
"""

from stackproof.declare.alertmanager.shapes import Each, Keys, Named, Scalar, is_set, keys
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import MapEntry, Table, Text

_TLS_VERSIONS = ("TLS10", "TLS11", "TLS12", "TLS13")
_RESERVED_HEADERS = frozenset(
    {
        *("authorization", "host", "content-encoding", "content-length", "content-type", "user-agent", "connection"),
        *("keep-alive", "proxy-authenticate", "proxy-authorization", "www-authenticate", "accept-encoding"),
        *("x-prometheus-remote-write-version", "x-prometheus-remote-read-version", "x-amz-content-sha256"),
        *("x-prometheus-scrape-timeout-seconds", "x-amz-date", "x-amz-security-token"),
    }
)
_AUTHORIZING = ("basic_auth", "authorization", "oauth2")


def _check_tls(reader: TreeReader, table: Table) -> None:
    for key in ("min_version", "max_version"):
        entry = table.get(key)
        if is_set(table, key) and isinstance(entry and entry.value, Text) and reader.text(entry) not in _TLS_VERSIONS:
            reader.wrong(_line(entry), f"expected {key} to be one of {', '.join(_TLS_VERSIONS)}")
    certificate, private = (
        next((table.get(each) for each in (name, f"{name}_file", f"{name}_ref") if is_set(table, each)), None)
        for name in ("cert", "key")
    )
    if (certificate is None) is not (private is None):
        has, lacks = ("cert_file", "key_file") if certificate else ("key_file", "cert_file")
        reader.wrong(_line(certificate or private), f"{has} is set without {lacks}", f"add {lacks}")


def _line(entry: MapEntry | None) -> int:
    return entry.line if entry else 1


def _check_http(reader: TreeReader, table: Table) -> None:
    given = [key for key in _AUTHORIZING if table.get(key) and not _is_null(table.get(key))]
    bearer = next((key for key in ("bearer_token", "bearer_token_file") if is_set(table, key)), "")
    both = [*given, *([bearer] if bearer else [])]
    if len(both) > 1:
        line = max(_line(table.get(key)) for key in both)
        reader.wrong(line, f"{' and '.join(both)} are both set; at most one of them can be", "keep one of them")
    _check_authorization(reader, table)
    _check_oauth2(reader, table)
    _check_proxy(reader, table)
    headers = table.get("http_headers")
    for entry in headers.value.entries if headers and isinstance(headers.value, Table) else ():
        if entry.key.lower() in _RESERVED_HEADERS:
            reader.wrong(entry.line, f"http_headers cannot set {entry.key}", "remove it; use authorization and so on")


def _check_authorization(reader: TreeReader, table: Table) -> None:
    entry = table.get("authorization")
    kind = entry.value.get("type") if entry and isinstance(entry.value, Table) else None
    if kind is not None and reader.text(kind).strip().lower() == "basic":
        reader.wrong(kind.line, "authorization cannot have the type basic", "use basic_auth instead")


def _check_oauth2(reader: TreeReader, table: Table) -> None:
    entry = table.get("oauth2")
    if entry and isinstance(entry.value, Table):
        for key in ("client_id", "token_url"):
            if not is_set(entry.value, key):
                reader.wrong(entry.line, f"oauth2 has no {key}", f"add {key}")


def _check_proxy(reader: TreeReader, table: Table) -> None:
    """Proxy settings that exclude or need each other, of ``http_config`` and ``oauth2``."""
    environment = table.get("proxy_from_environment")
    from_environment = environment is not None and reader.text(environment).lower() in {"true", "yes", "on", "y"}
    url, none = is_set(table, "proxy_url"), table.get("no_proxy")
    if from_environment and url:
        reader.wrong(_line(environment), "proxy_from_environment and proxy_url are both set", "keep one of them")
    if none is not None and is_set(table, "no_proxy") and (from_environment or not url):
        reader.wrong(none.line, "no_proxy is set, but it needs proxy_url", "add proxy_url, or remove no_proxy")
    header = table.get("proxy_connect_header")
    if header is not None and not _is_null(header) and not (from_environment or url):
        reader.wrong(header.line, "proxy_connect_header is set without proxy_url", "add proxy_url")


def _is_null(entry: MapEntry | None) -> bool:
    return entry is not None and isinstance(entry.value, Text) and entry.value.null


TLS = Keys(
    "tls_config",
    {
        **keys(Scalar.TEXT, "ca cert key ca_file cert_file key_file ca_ref cert_ref key_ref server_name"),
        **keys(Scalar.TEXT, "min_version max_version"),
        **keys(Scalar.FLAG, "insecure_skip_verify"),
    },
    (("ca", "ca_file", "ca_ref"), ("cert", "cert_file", "cert_ref"), ("key", "key_file", "key_ref")),
    _check_tls,
)
"""``tls_config``."""

_PROXY = {
    **keys(Scalar.TEXT, "proxy_url no_proxy"),
    **keys(Scalar.FLAG, "proxy_from_environment"),
    "proxy_connect_header": Named(Each(Scalar.TEXT)),
}
_BASIC = Keys(
    "basic_auth",
    keys(Scalar.TEXT, "username username_file username_ref password password_file password_ref"),
    (("username", "username_file", "username_ref"), ("password", "password_file", "password_ref")),
)
_AUTHORIZATION = Keys(
    "authorization",
    keys(Scalar.TEXT, "type credentials credentials_file credentials_ref"),
    (("credentials", "credentials_file", "credentials_ref"),),
)
_OAUTH2 = Keys(
    "oauth2",
    {
        **keys(Scalar.TEXT, "client_id client_secret client_secret_file client_secret_ref client_certificate_key_id"),
        **keys(Scalar.TEXT, "client_certificate_key client_certificate_key_file client_certificate_key_ref"),
        **keys(Scalar.TEXT, "grant_type signature_algorithm iss audience token_url"),
        "claims": Named(Scalar.ANY),
        "scopes": Each(Scalar.TEXT),
        "endpoint_params": Named(Scalar.TEXT),
        "tls_config": TLS,
        **_PROXY,
    },
    (("client_secret", "client_secret_file", "client_secret_ref"),),
    _check_proxy,
)
HEADERS = Named(
    Keys("a header", {"values": Each(Scalar.TEXT), "secrets": Each(Scalar.TEXT), "files": Each(Scalar.TEXT)})
)
"""``http_headers``."""

HTTP = Keys(
    "http_config",
    {
        "basic_auth": _BASIC,
        "authorization": _AUTHORIZATION,
        "oauth2": _OAUTH2,
        **keys(Scalar.TEXT, "bearer_token bearer_token_file"),
        **keys(Scalar.FLAG, "follow_redirects enable_http2"),
        "tls_config": TLS,
        "http_headers": HEADERS,
        **_PROXY,
    },
    (("bearer_token", "bearer_token_file"),),
    _check_http,
)
"""``http_config``."""
