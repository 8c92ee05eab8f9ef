"""The Open Lighting Architecture as the node at the other end of a cable, of Art-Net or sACN.

    with Node(tmp_path) as node:       # olad, in a network namespace of its own, joined to us by a pair of virtual cards
        node.host                      # its address
        node.patch(1, 5)               # port-addresses 1 and 5 (or sACN's universes) are read as OLA's universes 1 and 5
        node.frames(1)                 # every frame that OLA's clients were given, oldest first
        node.pull(), node.plug()       # the cable
    node.another()                 # a second address of ours that the node can answer, for a second controller

Nothing leaves the machine: the namespace has no other way out. Needs root, olad, and the system's Python with the `ola` module.
"""
from __future__ import annotations

import os
import pwd
import subprocess
import threading
from pathlib import Path
from types import TracebackType

from tests.bench import lack, need, wait_until

OTHERS = ("dummy", "espnet", "ftdidmx", "gpio", "gpiocore", "karate", "kinet", "milinst", "nanoleaf", "opendmx",
          "openpixelcontrol", "osc", "pathport", "renard", "sandnet", "shownet", "spi", "spidmx", "stageprofi",
          "uartdmx", "usbdmx", "usbserial")
READER = """
import sys
from ola.ClientWrapper import ClientWrapper
wrapper = ClientWrapper()
def told(universe):
    def call(data):
        print(universe, bytes(data).hex(), flush=True)
    return call
for universe in map(int, sys.argv[1:]):
    wrapper.Client().RegisterUniverse(universe, wrapper.Client().REGISTER, told(universe))
print("reading", flush=True)
wrapper.Run()
"""


class Node:
    """olad behind a virtual cable; see the module's docstring."""

    def __init__(self, folder: Path, protocol: str = "artnet") -> None:
        self._protocol = protocol              # or "e131", which is sACN
        if os.geteuid() != 0:
            lack("a network namespace needs root")
        self._olad = need("olad")
        need("ip")
        need("setpriv")
        number = os.getpid()
        self._space, self._card = f"ola{number}", f"olav{number % 1000000}"
        first = f"10.{77 + number // 16384 % 32}.{number // 64 % 256}"
        self.here, self.host = (f"{first}.{number % 64 * 4 + last}" for last in (1, 2))
        self._net = f"{first}.{number % 64 * 4}/30"
        self._folder = folder / "ola"
        self._processes: list[subprocess.Popen] = []
        self._read: dict[int, list[bytes]] = {}

    def __enter__(self) -> "Node":
        try:
            self._wire()
            self._start()
        except BaseException:
            self._clean()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._clean()

    def patch(self, *universes: int) -> None:
        """Give each Art-Net port-address (1 to 15, at most four), or each universe of sACN, to OLA's universe of that number, and read them."""
        for port, address in enumerate(universes):
            words = ("ola_patch", "-d", "1", "-p", str(port), "-i", "-u", str(address))
            wait_until(lambda words=words: self._inside(*words).returncode == 0, 20, "ola_patch")  # type: ignore[misc]
        reader = self._run("/usr/bin/python3", "-u", "-c", READER, *map(str, universes), stdout=subprocess.PIPE, text=True)
        assert reader.stdout
        if reader.stdout.readline().strip() != "reading":
            lack("the system's Python has no ola module")
        threading.Thread(target=self._listen, args=(reader,), daemon=True).start()

    def frames(self, universe: int) -> list[bytes]:
        return list(self._read.get(universe, ()))

    def pull(self) -> None:
        """Take the cable out."""
        self._ip("link", "set", self._card, "down")

    def plug(self) -> None:
        """Put it back."""
        self._ip("link", "set", self._card, "up")

    def another(self) -> str:
        """A second address on this side of the cable."""
        first, last = self.here.rsplit(".", 1)
        address = f"{first.replace('10.', '10.1', 1)}.{last}"
        self._ip("addr", "add", f"{address}/32", "dev", self._card)
        self._ip("-n", self._space, "route", "add", address, "dev", self._card + "b")
        return address

    def _wire(self) -> None:
        far = self._card + "b"
        self._ip("netns", "add", self._space)
        self._ip("link", "add", self._card, "type", "veth", "peer", "name", far, "netns", self._space)
        self._ip("addr", "add", f"{self.here}/30", "dev", self._card)
        self._ip("link", "set", self._card, "up")
        # Without the cable the packets must not find another way out.
        self._ip("route", "add", "unreachable", self._net, "metric", "4000")
        for words in (("addr", "add", f"{self.host}/30", "brd", "+", "dev", far), ("link", "set", far, "up"),
                      ("link", "set", "lo", "up")):
            self._ip("-n", self._space, *words)

    def _start(self) -> None:
        conf = self._folder / "conf"
        conf.mkdir(parents=True)
        for name in OTHERS:
            (conf / f"ola-{name}.conf").write_text("enabled = false\n")
        for name in {"artnet", "e131"} - {self._protocol}:
            (conf / f"ola-{name}.conf").write_text("enabled = false\n")
        if self._protocol == "e131":
            (conf / "ola-e131.conf").write_text(f"enabled = true\nip = {self.host}\ninput_ports = 4\nignore_preview = true\n")
        else:
            (conf / "ola-artnet.conf").write_text(
                f"enabled = true\nip = {self.host}\nalways_broadcast = false\nuse_limited_broadcast = false\nuse_loopback = false\n"
                "net = 0\nsubnet = 0\noutput_ports = 4\nshort_name = OLA\nlong_name = OLA\n")
        user = pwd.getpwnam("olad")
        for path in (conf, *conf.iterdir()):
            os.chown(path, user.pw_uid, user.pw_gid)
        for parent in conf.parents:     # pytest's folders are its own; olad has to pass through them
            if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
        with (self._folder / "olad.log").open("wb") as log:
            self._run("setpriv", "--reuid", "olad", "--regid", str(user.pw_gid), "--clear-groups", "--inh-caps=-all",
                      "env", f"HOME={conf}", self._olad, "-c", str(conf), "--no-register-with-dns-sd", "-l", "3", stdout=log, stderr=log)
        device = b"E1.31" if self._protocol == "e131" else b"ArtNet"
        wait_until(lambda: device in self._inside("ola_dev_info").stdout, 30, "olad")

    def _listen(self, reader: subprocess.Popen) -> None:
        for line in reader.stdout or ():
            universe, data = line.split()
            self._read.setdefault(int(universe), []).append(bytes.fromhex(data))

    def _inside(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(["ip", "netns", "exec", self._space, *words], capture_output=True, check=False, timeout=20)

    def _run(self, *words: str, **options: object) -> subprocess.Popen:
        process = subprocess.Popen(["ip", "netns", "exec", self._space, *words], **options)  # type: ignore[call-overload]
        self._processes.append(process)
        return process

    @staticmethod
    def _ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    def _clean(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
        for words in (("link", "del", self._card), ("route", "del", "unreachable", self._net, "metric", "4000"),
                      ("netns", "del", self._space)):
            subprocess.run(["ip", *words], check=False, capture_output=True)
