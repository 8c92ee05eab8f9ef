"""What makes a function a kernel: compiled, without the interpreter's lock, without exceptions, and without memory of its own.

    kernel   the decorator of kernels
    part     the decorator of what they share: it is written into each kernel that calls it, so that no call is left

No `fastmath`: it broke exactness between block sizes and made `isfinite` miss bad samples, and gained nothing. No `cache`: the
engine keeps its own, by what a kernel and its callees say. Numba's reference counting is off, since arrays here belong to the
arena: a kernel that tried to allocate does not compile.
"""
from __future__ import annotations

from numba import njit

kernel = njit(nogil=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]
part = njit(nogil=True, error_model="numpy", _nrt=False, forceinline=True)  # type: ignore[call-overload]
