"""The page's files, read once into memory: what is not there by its very name does not exist, so no path leads out of the folder."""
from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).resolve().parent.parent / "page"
LARGEST, MOST = 4_000_000, 500
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml", ".json": "application/json",
          ".webmanifest": "application/manifest+json", ".png": "image/png", ".woff2": "font/woff2", ".ico": "image/x-icon"}


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes        # gzip; empty where that gains nothing
    tag: str
    type: str


class Files:
    """Every file of a folder, by its path from there. `tag` is another one when any of them is."""

    def __init__(self, files: dict[str, _File]) -> None:
        self._files = files
        self.tag = hashlib.sha256("".join(f"{name} {file.tag}\n" for name, file in sorted(files.items())).encode()).hexdigest()[:12]

    @staticmethod
    def read(folder: Path = FOLDER) -> Files:
        """Read a folder; takes some milliseconds of disk, so not for an event loop."""
        found: dict[str, _File] = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            hidden = any(part.startswith((".", "__")) for part in name.split("/"))
            if path.is_file() and not path.is_symlink() and not hidden and path.suffix != ".py" and path.stat().st_size <= LARGEST and len(found) < MOST:
                body = path.read_bytes()
                kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
                packed = gzip.compress(body, 9, mtime=0) if kind.startswith("text/") or "json" in kind or "xml" in kind else b""
                found[name] = _File(body, packed if len(packed) < len(body) else b"", hashlib.sha256(body).hexdigest()[:20], kind)
        return Files(found)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def answer(self, request: web.Request, name: str, **headers: str) -> web.Response:
        """One file, or 304 for a browser that has it. Raises HTTPNotFound for what is not there."""
        file = self._files.get(name)
        if file is None:
            raise web.HTTPNotFound
        headers = {"ETag": f'W/"{file.tag}"', "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding", **headers}
        if any(known.strip().removeprefix("W/").strip('"') == file.tag for known in request.headers.get("If-None-Match", "").split(",")[:20]):
            return web.Response(status=304, headers=headers)
        body = file.body
        if file.packed and "gzip" in request.headers.get("Accept-Encoding", "").lower():
            body, headers["Content-Encoding"] = file.packed, "gzip"
        charset = "utf-8" if file.type.startswith("text/") or file.type.endswith(("json", "xml")) else None
        return web.Response(body=body, content_type=file.type, charset=charset, headers=headers)
