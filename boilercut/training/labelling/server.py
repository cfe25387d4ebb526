"""Serve the labelling page on this machine, to those who know the address with its random token."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from boilercut.errors import InputError
from boilercut.training.labelling.app import LabelApp

__all__ = ["LabelServer"]

HOST = "127.0.0.1"
TOKEN_BYTES = 16
MAX_BODY_BYTES = 8_000_000
"""Labels of half a million blocks; a page has fewer."""
REQUEST_SECONDS = 30
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Answer = tuple[HTTPStatus, str, bytes, dict[str, str]]


class LabelServer(ThreadingHTTPServer):
    """A server for one person's browser: every request must name this host and carry the token."""

    daemon_threads = True

    def __init__(self, app: LabelApp, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.app = app
        self.token = secrets.token_urlsafe(TOKEN_BYTES)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that a browser breaks off."""

    @property
    def origin(self) -> str:
        """The scheme, host and port."""
        return f"http://{HOST}:{self.server_address[1]}"

    @property
    def address(self) -> str:
        """The address to open."""
        return f"{self.origin}/{self.token}/"


class _Handler(BaseHTTPRequestHandler):
    server: LabelServer
    timeout = REQUEST_SECONDS
    server_version, sys_version = "boilercut", ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send the page, the list of pages, or one of them."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Keep the labels of a page."""
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives it
        """Write no log: the token is in the addresses."""

    def _get(self, path: str) -> Answer:
        app = self.server.app
        if not path:
            html, policy = app.page()
            return HTTPStatus.OK, "text/html; charset=utf-8", html.encode(), {"Content-Security-Policy": policy}
        return _json(app.overview() if path == "pages" else app.task(_number(path)))

    def _post(self, path: str) -> Answer:
        if self.headers.get("Origin") != self.server.origin or self.headers.get_content_type() != "application/json":
            return _refused(HTTPStatus.FORBIDDEN)
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > MAX_BODY_BYTES:
            return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return _json(self.server.app.save(_number(path), self.rfile.read(int(length))))

    def _answer(self, work: Callable[[str], Answer]) -> None:
        if not self._is_allowed():
            answer = _refused(HTTPStatus.FORBIDDEN)
        else:
            try:
                answer = work(self.path.removeprefix(f"/{self.server.token}/"))
            except InputError as error:
                answer = _refused(HTTPStatus.BAD_REQUEST, str(error))
            except OSError as error:
                answer = _refused(HTTPStatus.INTERNAL_SERVER_ERROR, f"{self.server.app.store.file}: {error}")
        self._send(*answer)

    def _is_allowed(self) -> bool:
        """Return whether a request names this host, which keeps out other sites' names for it, and has the token."""
        token = self.path.partition("?")[0].split("/")[1:2]
        named = f"http://{self.headers.get('Host', '')}" == self.server.origin
        return named and compare_digest("".join(token).encode(), self.server.token.encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.close_connection = status >= HTTPStatus.BAD_REQUEST  # what it sent along is not read
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _json(value: Any) -> Answer:
    return HTTPStatus.OK, "application/json", json.dumps(value).encode(), {}


def _refused(status: HTTPStatus, reason: str = "") -> Answer:
    return status, "text/plain; charset=utf-8", (reason or status.phrase).encode(errors="replace"), {}


def _number(path: str) -> int:
    """Return the number in `pages/NUMBER`."""
    folder, _, number = path.partition("/")
    if folder != "pages" or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InputError("there is nothing")
    return int(number)
