"""HTTP and HTTPS as a protocol of stackproof."""

import ssl
from collections.abc import Sequence

from stackproof.model import DeclarationError, Location
from stackproof.protocols.command_options import CommandOption, OptionKind
from stackproof.protocols.http.dialect import DEFAULT_PORTS, HttpDialect
from stackproof.protocols.http.request import HttpRequest, Trust
from stackproof.protocols.interface import Endpoint, ServiceProtocol
from stackproof.protocols.target import Target


def _headers(texts: Sequence[str]) -> dict[str, str]:
    return dict(_header(text) for text in texts)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise DeclarationError(f"expected --header NAME:VALUE, saw {text!r}")
    return name.strip(), value.strip()


class _Http(ServiceProtocol[HttpRequest]):
    name = "http"
    default_ports = DEFAULT_PORTS
    target_form = "http://host[:port]/path or https://host[:port]/path"
    request_type = HttpRequest
    load_options = (
        CommandOption("--method", "method", OptionKind.TEXT, "http: request method; GET by default."),
        CommandOption(
            "--header", "headers", OptionKind.TEXTS, "http: a header; may be repeated.", "NAME:VALUE", convert=_headers
        ),
        CommandOption("--body", "body", OptionKind.TEXT, "http: request body."),
        CommandOption("--expect", "expect", OptionKind.TEXT, "http: text that the body of a good answer contains."),
        CommandOption(
            "--insecure",
            "trust",
            OptionKind.SWITCH,
            "https: accept any certificate.",
            convert=lambda _given: Trust.ANYONE,
        ),
        CommandOption("--ca-file", "ca_file", OptionKind.FILE, "https: certificate authorities to trust."),
    )

    def endpoint(self, target: Target, request: HttpRequest) -> Endpoint:
        """Return the address, with TLS for ``https://``.

        Raises:
            DeclarationError: The file of certificate authorities cannot be read.
        """
        if target.scheme != "https":
            return Endpoint(target.host, target.port)
        return Endpoint(target.host, target.port, _tls(request), request.server_name or target.host)

    def dialect(self, target: Target, request: HttpRequest) -> HttpDialect:
        """Return the dialect of a load that sends this request to this target."""
        return HttpDialect(target, request)


def _tls(request: HttpRequest) -> ssl.SSLContext:
    if request.trust is Trust.ANYONE:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # a default context reads all of the system's certificates
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        return ssl.create_default_context(cafile=request.ca_file)
    except OSError as error:
        where = Location(request.ca_file) if request.ca_file else None
        raise DeclarationError(f"cannot read the certificates to trust: {error}", where=where) from None


HTTP = _Http()
