"""DMX USB Pro: the framing both ways, and a widget on a pseudo-terminal that is pulled out and put back."""
from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from installation.ports.enttec import EnttecPort, Messages, message
from installation.terms.fault import Fault, Recovery
from tests.ports.stand_in import places, until
from tests.ports.widget import Widget


def test_a_universe_is_label_six_start_code_and_slots():
    framed = message(6, b"\0" + bytes(512))
    assert framed[:5] == b"\x7e\x06\x01\x02\x00" and framed[-1:] == b"\xe7" and len(framed) == 518


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=600)), max_size=5), st.integers(1, 700))
def test_messages_come_whole_however_they_are_cut(sent: list[tuple[int, bytes]], cut: int):
    stream = b"".join(message(label, data) for label, data in sent)
    reader = Messages()
    assert [found for start in range(0, len(stream), cut) for found in reader.feed(stream[start:start + cut])] == sent
    assert reader.noise == 0


@given(st.binary(max_size=2000), st.integers(1, 97))
def test_noise_is_survived_and_the_next_message_is_read(noise: bytes, cut: int):
    reader = Messages()
    for start in range(0, len(noise), cut):
        list(reader.feed(noise[start:start + cut]))
    assert len(reader._kept) <= 605
    tail = bytes(1300)      # whatever the noise promised has come by then
    assert [found for found in reader.feed(tail + message(10, b"abcd")) if found == (10, b"abcd")]


async def test_a_widget_gets_every_frame_is_pulled_out_and_put_back(tmp_path: Path):
    told: list = []
    at = places(tmp_path)
    name = "usb-ENTTEC_DMX_USB_PRO_EN200001-if00-port0"
    widget = Widget(at.links[0] / name)
    port = EnttecPort(name, told.append, places=at)
    port.open()
    await until(lambda: port.is_open, what="opening")
    await until(lambda: widget.work() or len(port.about) == 3, what="the widget's answers")
    assert port.about == {"firmware": "1.68", "rate": "40", "serial": "12345678"}

    wanted = [bytes([n % 256, n // 256]) + bytes(510) for n in range(1, 301)]
    for frame in wanted:
        port.send(frame, 0.0)
        await asyncio.sleep(0)
        widget.work()
    await until(lambda: widget.work() or len(widget.frames) == 300, what="the frames")
    assert widget.frames == wanted and widget.wrong == 0 and not told

    widget.pull()
    await until(lambda: not port.is_open, what="the loss")
    for frame in wanted[:50]:
        port.send(frame, 0.0)
    assert port.lost == 50
    back = Widget(at.links[0] / name)
    await until(lambda: port.is_open, what="the return")
    port.send(wanted[7], 0.0)
    await until(lambda: back.work() or back.frames, what="a frame")
    assert back.frames == [wanted[7]] and back.wrong == 0      # nothing of what was sent meanwhile
    assert [type(what) for what in told] == [Fault, Recovery] and told[0].id == told[1].id
    await port.close()
    back.pull()


async def test_a_widget_that_does_not_read_gets_the_newest_frame_and_no_queue(tmp_path: Path):
    at = places(tmp_path)
    widget = Widget(at.links[0] / "pro")
    port = EnttecPort("pro", lambda what: None, places=at)
    port.open()
    await until(lambda: port.is_open)
    frames = [bytes([n % 251]) * 512 for n in range(500)]
    for frame in frames:
        port.send(frame, 0.0)
    await until(lambda: widget.work() or (widget.frames and widget.frames[-1] == frames[-1]), what="the newest")
    assert port.replaced > 300 and widget.wrong == 0 and len(widget.frames) < 200
    await port.close()
    widget.pull()
