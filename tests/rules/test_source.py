"""YAML text → plain data with places; whatever comes in, a Fault or a Source comes out."""
from __future__ import annotations

import json
import os
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.source import DEEPEST, LONGEST, MOST, Secret, Source, parse_source, read_source
from installation.terms.fault import Fault, Faults


def data(text: str):
    return parse_source(text).data


@pytest.mark.parametrize(("written", "meant"), [
    ("true", True), ("False", False), ("no", "no"), ("off", "off"), ("yes", "yes"), ("on", "on"), ("y", "y"),
    ("12:30:00", "12:30:00"), ("2024-01-01", "2024-01-01"), ("1e3", 1000.0), ("1E-2", 0.01), ("-.5", -0.5), ("+3", 3),
                                                ("010", 10),
    ("0x10", 16), ("0o17", 15), ("1_000", "1_000"), ("~", None), ("null", None), ("", None), ("3 m", "3 m"), ("1.", 1.0),
                                                (".", "."),
    ("'true'", "true"), ('"3"', "3"), ("12345678901234567890123", 1.2345678901234568e22), ("=", "="), ("1.2.3", "1.2.3"),
                                                ("-", [None]),
])
def test_plain_values(written: str, meant: object) -> None:
    got = data(f"a: {written}" if written != "-" else "a:\n  -")["a"]
    assert got == meant and type(got) is type(meant)


def test_places_are_those_of_keys_and_of_things_in_lists() -> None:
    source = parse_source("a: 1\nb:\n  c: [x,\n      y]\n  'd e': {f: 2}\ng:\n  - h: 1\n    i: 2\n")
    assert source.where("a") == "config.yaml:1  a"
    assert source.where("b.c") == "config.yaml:3  b.c"
    assert source.where("b.c[1]") == "config.yaml:4  b.c[1]"
    assert source.where('b."d e".f') == 'config.yaml:5  b."d e".f'
    assert source.where("g[0].i") == "config.yaml:8  g[0].i"
    assert source.where("g[0].missing.key") == "config.yaml:7  g[0]"
    assert source.where("nowhere") == "config.yaml:1"


@pytest.mark.parametrize(("text", "where", "part"), [
    ("a: [1, 2\nb: 3\n", "config.yaml:2:", "comma"),
    ("a: {b: 1\nc: 2\n", "config.yaml:2:", "comma"),
    ("a:\n\t- b\n", "config.yaml:2:1", "spaces"),
    ("a: b: c\n", "config.yaml:1:5", "colon"),
    ("a: 'open\n", "config.yaml:2:1", "quotation"),
    ("a: 1\n  b: 2\n", "config.yaml:2:", "colon"),
    ("a:\n  b: 1\n c: 2\n", "config.yaml:3:2", "indentation"),
    ("a: &x 1\n", "config.yaml:1:4", "anchors"),
    ("a: *x\n", "config.yaml:1:4", "anchors"),
    ("a: !!python/object:os.system 1\n", "config.yaml:1:4", "tags"),
    ("a: !x 1\n", "config.yaml:1:4", "tags"),
    ("a: !nope!x 1\n", "config.yaml:1:4", "tags"),
    ("<<: {a: 1}\n", "config.yaml:1:1", "merge"),
    ("a: 1\n---\nb: 2\n", "config.yaml:2:1", "second document"),
    ("[a]: 1\n", "config.yaml:1:1", "key"),
    ("{a: 1}: 1\n", "config.yaml:1:1", "key"),
    ("a: .inf\n", "config.yaml:1:4", "finite"),
    ("a: 1e999\n", "config.yaml:1:4", "finite"),
    ("a: .nan\n", "config.yaml:1:4", "finite"),
    ('a: "\\q"\n', "config.yaml:1:", "backslash"),
    ("a: @b\n", "config.yaml:1:4", "character"),
    ("a: \x07\n", "config.yaml:1:4", "U+0007"),
    ("a: 1\nb: \ufeff2", "config.yaml:2:4", "U+FEFF"),
    ("key without colon\nother: 1\n", "config.yaml:", "colon"),
])
def test_what_is_not_taken_is_said_with_line_and_column(text: str, where: str, part: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_source(text)
    assert caught.value.where.startswith(where)
    assert part in caught.value.happened.en
    assert caught.value.happened.fr and caught.value.happened.fr != caught.value.happened.en


def test_keys_written_twice_are_all_found() -> None:
    with pytest.raises(Faults) as caught:
        parse_source("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert [fault.where for fault in caught.value.faults] == ["config.yaml:4  b.c", "config.yaml:5  a"]
    assert "first on line 3" in caught.value.faults[0].happened.en


def test_passwords_never_show() -> None:
    source = parse_source("mqtt: {password: hunter2, wifi_token: [hunter2, hunter2], user: me, PIN: 1234}\n")
    assert source.data["mqtt"]["password"].reveal() == "hunter2"
    assert source.data["mqtt"]["PIN"].reveal() == 1234
    assert "hunter2" not in f"{source!r} {source.data} {source.data['mqtt']['password']}" and "1234" not in str(source.data)
    with pytest.raises(TypeError):
        json.dumps(source.data)
    assert pickle.loads(pickle.dumps(source.data)) == source.data
    assert source.data["mqtt"]["password"] == Secret("hunter2")


@pytest.mark.parametrize("text", ["password: *hunter2", "password: &hunter2 x", "password: !hunter2 x", "password: hunter2: x",
                                  "password: 'hunter2",
                                  "password: [hunter2", "password: {hunter2: 1, hunter2: 2}", "password: hunter2\nhunter2",
                                  "token: \"\\hunter2\""])
def test_no_fault_quotes_a_password(text: str) -> None:
    try:
        parse_source(text)
    except Fault as fault:
        assert "hunter2" not in fault.say("en") + fault.say("fr") + repr(fault)


def test_bombs_and_rubbish_are_refused_at_once(tmp_path) -> None:
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n"
    for text in (bomb, "[" * 100_000, "{a: " * 50_000, "- " * 100_000, "? " * 100_000, "x: [" + "1," * 400_000 + "1]",
                 "a: " + "b" * LONGEST):
        with pytest.raises(Fault):
            parse_source(text)
    for content in (b"\0" * 5000, os.urandom(200_000), b"\xff\xfe" + "a: 1".encode("utf-16-le"), b"a: \x80"):
        with pytest.raises(Fault):
            parse_source(content)
    large = tmp_path / "config.yaml"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(Fault) as caught:
        read_source(large)
    assert caught.value.id == "file.size" and "100.0 MB" in caught.value.happened.en


def test_what_is_not_a_readable_file_is_refused_without_waiting(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, id in (("pipe", "file.read"), ("folder", "file.read"), ("missing", "file.missing")):
        with pytest.raises(Fault) as caught:
            read_source(tmp_path / name)
        assert caught.value.id == id
    with pytest.raises(Fault):
        read_source(tmp_path / "nul\0byte")


def test_the_bounds_themselves_are_allowed() -> None:
    assert data("[" * DEEPEST + "]" * DEEPEST)
    with pytest.raises(Fault, match="deep"):
        data("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))
    assert len(data("[" + "1," * (MOST - 2) + "1]")) == MOST - 1
    with pytest.raises(Fault, match="more than"):
        data("[" + "1," * MOST + "1]")


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    assert parse_source("\ufeffa: 1\r\nb: 2\r\n".encode()).data == {"a": 1, "b": 2}


@given(st.text(alphabet=st.sampled_from("ab:- \n\t[]{}'\"#&*!|>%@,?0.1e\\~<é\u2028"), max_size=80))
def test_any_text_gives_a_source_or_a_fault(text: str) -> None:
    try:
        assert isinstance(parse_source(text), Source)
    except Fault as fault:
        assert fault.happened.en and fault.happened.fr


@given(st.binary(max_size=60))
def test_any_bytes_give_a_source_or_a_fault(content: bytes) -> None:
    try:
        assert isinstance(parse_source(content), Source)
    except Fault as fault:
        assert "config.yaml" in fault.say("en")
