"""From kernels to machine code in files. Only the builder uses this: it alone imports numba.

    build_engine(folder) → path      the render loop
    build_unit(unit, folder) → path  one unit: its kernel behind its generated entry point
    object_of_unit(unit), object_of_engine()   the same as bytes, without the cache

The object files need no numba: each entry point is called by C's convention, and what an object leaves undefined is on the list
ALLOWED, else the kernel allocates or touches Python objects, and that is a Fault. They are loaded by `loader`.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import linecache
import re
import sys
import textwrap
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..terms.fault import Fault
from ..terms.words import both
from . import entry
from .cache import Cache, engine_key, unit_key
from .declare import Unit

ENTRY = "unit_entry"
# of libm and libc, with the float versions
ALLOWED = frozenset(
    name + ending
    for ending in ("", "f")
    for name in [
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "atan2",
        "sinh",
        "cosh",
        "tanh",
        "asinh",
        "acosh",
        "atanh",
        "exp",
        "exp2",
        "expm1",
        "log",
        "log2",
        "log10",
        "log1p",
        "pow",
        "sqrt",
        "cbrt",
        "hypot",
        "fmod",
        "remainder",
        "floor",
        "ceil",
        "trunc",
        "round",
        "rint",
        "nearbyint",
        "fabs",
        "fmin",
        "fmax",
        "copysign",
        "ldexp",
        "frexp",
        "modf",
        "fma",
        "erf",
        "erfc",
        "tgamma",
        "lgamma",
        "nextafter",
        "sincos",
        "exp10",
    ]
) | {"memcpy", "memset", "memmove", "memcmp", "_GLOBAL_OFFSET_TABLE_"}
OF_ENGINE = ALLOWED | {"clock_gettime", "gettid", "syscall", "signal", "raise"}
_FOREIGN = re.compile(r"^(NRT_|numba_|Py|_Py)")


def build_engine(folder: Path | str) -> Path:
    """The engine's object file, from the cache or compiled into it."""
    return Cache(Path(folder)).object("engine", engine_key(), object_of_engine)


def build_unit(unit: Unit, folder: Path | str) -> Path:
    """A unit's object file, from the cache or compiled into it. Raises Fault, at the line of the artist's file, if it cannot be."""
    return Cache(Path(folder)).object(unit.name, unit_key(unit), lambda: object_of_unit(unit))


def object_of_engine() -> bytes:
    """Compile the render loop."""
    from numba import types as kinds

    from . import engine

    word, small = kinds.int64, kinds.int32
    return _compile(
        "engine",
        {
            "engine_restore": (engine.restore.py_func, word(word)),
            "engine_render": (engine.render.py_func, word(word, word, word, word)),
            "engine_callback": (engine.callback.py_func, small(word, word, word, word, word, word)),
            "engine_work": (engine.work.py_func, kinds.void(word)),
            "engine_dismiss": (engine.dismiss.py_func, kinds.void(word)),
            "engine_fatal": (engine.fatal.py_func, kinds.void(small)),
        },
        OF_ENGINE,
    )


def object_of_unit(unit: Unit) -> bytes:
    """Compile one unit. Raises Fault."""
    from numba import njit
    from numba import types as kinds

    python = _kernel(unit)
    where = unit.place or f"{inspect.getsourcefile(python)}:{python.__code__.co_firstlineno}"
    _check_arguments(unit, python, where)
    _check_raises(python)
    kernel = njit(nogil=True, error_model="numpy", forceinline=True)(_with_callees(python))
    try:
        return _compile(unit.name, {ENTRY: (entry.function(unit, kernel), kinds.void(kinds.int64, kinds.int64))})
    except Fault as fault:
        raise fault.at(where) from None
    except Exception as error:
        raise _not_compiled(unit, python, error, where) from error


def _compile(name: str, functions: dict[str, tuple[Callable, Any]], allowed: frozenset[str] = ALLOWED) -> bytes:
    """Functions with their signatures, as one object whose symbols are their names."""
    import numba
    from llvmlite import ir
    from numba.core.compiler_lock import global_compiler_lock

    njit: Any = numba.njit           # its hints leave out the options for code without Python
    with global_compiler_lock:
        compiled = []
        for symbol, (function, signature) in functions.items():
            dispatcher = njit(signature, nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
            compiled.append((symbol, signature, dispatcher.overloads[signature.args]))
        context = compiled[0][2].target_context
        library = context.codegen().create_library(name)
        module = library.create_ir_module(name)
        for symbol, signature, result in compiled:
            kind = ir.FunctionType(
                context.get_value_type(signature.return_type) if _returns(signature) else ir.VoidType(),
                [context.get_value_type(argument) for argument in signature.args],
            )
            outer = ir.Function(module, kind, name=symbol)
            builder = ir.IRBuilder(outer.append_basic_block())
            inner = context.declare_function(module, result.fndesc)
            _, value = context.call_conv.call_function(builder, inner, signature.return_type, signature.args, outer.args)
            if _returns(signature):
                builder.ret(value)
            else:
                builder.ret_void()
        _define_release(module)
        library.add_ir_module(module)
        for _, _, result in compiled:
            library.add_linking_library(result.library)
        library.enable_object_caching()
        library.finalize()
        content = library._get_compiled_object()
        unknown = _undefined(library, allowed)
    if unknown:
        raise _unbearable(unknown)
    return content


def _define_release(module: Any) -> None:
    """numba lets go of every array it looked at; ours belong to nobody, so there is nothing to do. What allocates stays undefined."""
    from llvmlite import ir

    pointer = ir.IntType(8).as_pointer()
    release = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer]), name="NRT_MemInfo_call_dtor")
    ir.IRBuilder(release.append_basic_block()).ret_void()


def _returns(signature: Any) -> bool:
    from numba import types as kinds

    return signature.return_type not in (kinds.void, kinds.none)


def _undefined(library: Any, allowed: frozenset[str]) -> list[str]:
    """What the object calls and does not contain, and may not."""
    import llvmlite.binding as llvm

    module = library._final_module
    names = {function.name for function in module.functions if function.is_declaration}
    names |= {variable.name for variable in module.global_variables if variable.is_declaration}
    assert isinstance(module, llvm.ModuleRef)
    return sorted(name for name in names if not name.startswith("llvm.") and name not in allowed)


def _kernel(unit: Unit) -> Callable:
    """The kernel's Python function. Raises Fault if it cannot be found."""
    place, _, name = unit.kernel.rpartition(":")
    try:
        module = _load_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
        found = getattr(module, name)
    except Fault:
        raise
    except (Exception, SystemExit) as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
        where = f"{place}:{frames[-1].lineno}" if frames else unit.place or place
        raise Fault(
            both(f"the kernel {name} cannot be loaded: {type(error).__name__}: {error}", f"le noyau {name} ne se charge pas : {type(error).__name__}: {error}"),
            where=where,
            id="kernel.load",
        ) from error
    python = getattr(found, "py_func", found)
    if not inspect.isfunction(python):
        raise Fault(both(f"{name} is not a function", f"{name} n'est pas une fonction"), where=unit.place or place, id="kernel.load")
    return python


def _with_callees(python: Callable) -> Callable:
    """The kernel with the plain functions of its own file that it calls made into kernels too, and so on: an artist need not know."""
    from numba import njit

    made: dict[str, Any] = {}
    names = {**python.__globals__}

    def convert(function: Callable) -> Callable:
        code = function.__code__
        for name in code.co_names:
            callee = names.get(name)
            if name not in made and inspect.isfunction(callee) and callee.__code__.co_filename == code.co_filename:
                made[name] = None                # it may call itself, or back
                made[name] = njit(nogil=True, error_model="numpy")(convert(callee))
                names[name] = made[name]
        return types.FunctionType(code, names, function.__name__, function.__defaults__, function.__closure__)

    return convert(python)


def _load_file(path: Path) -> Any:
    """Run it as it stands now. Python's own loader would take a .pyc for it that differs by less than a second and by no byte in length."""
    module = types.ModuleType("kernels_of_" + re.sub(r"\W", "_", str(path)))
    module.__file__ = str(path)
    linecache.checkcache(str(path))
    sys.modules[module.__name__] = module
    exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), module.__dict__)
    return module


def _check_arguments(unit: Unit, python: Callable, where: str) -> None:
    takes = list(inspect.signature(python).parameters)
    has = [port.name for port in unit.ports if not port.drives]
    if takes != has:
        raise Fault(
            both(
                f"the kernel of {unit.name} takes ({', '.join(takes)}), its ports are ({', '.join(has)})",
                f"le noyau de {unit.name} prend ({', '.join(takes)}), ses ports sont ({', '.join(has)})",
            ),
            where=where,
            id="unit.ports",
        )


def _check_raises(python: Callable) -> None:
    """A kernel has nobody to catch what it raises: it would be silence without a word."""
    lines, first = inspect.getsourcelines(python)
    for node in ast.walk(ast.parse(textwrap.dedent("".join(lines)))):
        if isinstance(node, ast.Raise | ast.Assert | ast.Try):
            word = {"Raise": "raise", "Assert": "assert", "Try": "try"}[type(node).__name__]
            raise Fault(
                both(
                    f"the kernel {python.__name__} uses {word}; in the audio thread nobody could catch it",
                    f"le noyau {python.__name__} emploie {word} ; dans le fil audio, personne ne l'attraperait",
                ),
                where=f"{inspect.getsourcefile(python)}:{first + node.lineno - 1}",
                id="kernel.raises",
                remedy=both("Clip the value instead, and let the sound go on.", "Bornez la valeur, et que le son continue."),
            )


def _not_compiled(unit: Unit, python: Callable, error: Exception, where: str) -> Fault:
    """numba's long message, made short, at the line that it means."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    path = inspect.getsourcefile(python) or ""
    match = re.search(r'File "([^"]+)", line (\d+)', text)
    if match and Path(match[1]).name == Path(path).name:
        where = f"{path}:{match[2]}"
    else:                                   # numba leaves the place out where a name is unknown
        where = _line_of(python, re.findall(r"'(\w+)'", text)) or where
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    skip = ("Failed in", "File ", "During", "- ", "This is", "In definition", "Known signatures", "Enter", "raised from", "There are")
    short = next((line for line in lines if not line.startswith(skip) and not re.fullmatch(r"[\^~ ]+|.*<source elided>", line)), lines[0] if lines else "")
    return Fault(
        both(f"the kernel of {unit.name} does not compile: {short[:200]}", f"le noyau de {unit.name} ne compile pas : {short[:200]}"),
        where=where,
        id="kernel.compile",
        remedy=both(
            "A kernel knows numbers, arrays of numbers, and functions of math and numpy on numbers; what it calls must be njit too.",
            "Un noyau connaît nombres, tableaux de nombres, et fonctions de math et numpy sur des nombres ; ce qu'il appelle doit être njit aussi.",
        ),
    )


def _line_of(python: Callable, names: list[str]) -> str:
    """The place in a kernel where one of these names stands; "" if none does."""
    lines, first = inspect.getsourcelines(python)
    for node in ast.walk(ast.parse(textwrap.dedent("".join(lines)))):
        if (isinstance(node, ast.Name) and node.id in names) or (isinstance(node, ast.Attribute) and node.attr in names):
            return f"{inspect.getsourcefile(python)}:{first + node.lineno - 1}"
    return ""


def _unbearable(unknown: list[str]) -> Fault:
    names = ", ".join(unknown[:4])
    if any(name.startswith("NRT_") for name in unknown):
        happened = both(f"this kernel allocates memory ({names})", f"ce noyau alloue de la mémoire ({names})")
    elif any(_FOREIGN.match(name) for name in unknown):
        happened = both(f"this kernel raises, or uses Python objects ({names})", f"ce noyau lève une exception ou emploie des objets Python ({names})")
    else:
        happened = both(f"this kernel calls what a player does not have ({names})", f"ce noyau appelle ce qu'un lecteur n'a pas ({names})")
    return Fault(
        happened,
        id="kernel.unbearable",
        remedy=both(
            "Declare state or memory in the unit, and work in loops on the arrays that are given.",
            "Déclarez un état ou une mémoire dans l'unité, et travaillez en boucles sur les tableaux donnés.",
        ),
    )
